"""Foreign to ours: everything that makes a recording or changes one. Only `writer` writes.

=================================  ======================================================
door                               its parts
=================================  ======================================================
record                             recorder: a network is watched while it runs
writer, from_arrays                writing: checked, written aside, whole or not at all
import_lstmvis                     importing, lstmvis
import_arrays                      importing, arrays
import_table                       importing, tables
annotate                           annotating
verify                             verifying
demo                               training: the reference networks
=================================  ======================================================
"""
