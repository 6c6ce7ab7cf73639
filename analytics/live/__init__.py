"""Networks that recordings ship, run again: typed text, or edited words of the recording, seen at once.

=========  ========================================================================
opening    a recording's weights become a network, or a sentence says why not
tokens     typed text becomes the tokens that its corpus would have had
network    the network: `tokenise` and `run`
sentence   what a run gives
shipping   how a recording comes to ship its network
=========  ========================================================================
"""
