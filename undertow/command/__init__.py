"""The trader's topics of the `undertow` command; `venue.command` adds the operator's.

A topic reads options, calls one function of the package that it is about, and prints. What it
needs it imports when it runs: `undertow --help` is not to wait for a chain's or a matcher's client.
"""
