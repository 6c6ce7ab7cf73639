"""What happens inside `analytics.record`: a network is watched while it runs, and what is seen is written.

=========  =================================================================================
inputs     what the user hands over, in one form
layers     the recurrent layers inside a network, and the states that are wanted
capture    sees what happens inside while it runs
axes       which axis of a module's output is time
network    how the network wants its inputs, and whether it can be run in pieces
outputs    what the network predicts, as columns
plan       all of that decided, before the first block
corpus     tokens or a series that are there as a whole
batches    batches as a DataLoader gives them
steps      a function of one step, of any software
writing    blocks written while the network runs on
=========  =================================================================================
"""
