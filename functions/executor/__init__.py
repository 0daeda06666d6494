"""The reference executor: runs a workflow document as a graph of nodes, traced through the public API `spanvas`.

It is the demonstrator and the test bed of the layer, kept small on purpose: documents are data (`document`), rules
that a document must keep are checked before it runs (`rules`), the graph runs on graphlib and threads (`engine`), and
each kind of node is one module of `nodes`.
"""
