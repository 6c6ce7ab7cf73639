"""What happens inside `analytics.record`: a network is watched while it runs, and what is seen is written.

=========  =================================================================================
inputs     what the user hands over, in one form
options    what the caller said
layers     the recurrent layers inside a network, and the states that are wanted
watching   the network made ready, and left as it was
capture    sees what happens inside while it runs
axes       which axis of a module's output is time
probe      how the network wants its inputs, and whether it can be run in pieces
network    runs it; run: what was seen
scores     where its scores come from
outputs    what they say, as columns
plan       all of that decided, before the first block
shipping   the network itself, where it can be built again
block      what was seen at some positions, filled run by run
corpus     tokens or a series that are there as a whole
batches    batches as a DataLoader gives them
steps      a function of one step, of any software
writing    blocks written while the network runs on
=========  =================================================================================
"""
