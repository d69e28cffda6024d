"""Faults injected on purpose: bad servers, kills, full disks, crowds, foreign folders.

`writers` lists what the package writes, `injection` what can happen to a write, and `server` the
ways in which a server can fail. The tests inject a few of each; ``make faults`` injects as many as
``FAULT_ROUNDS`` says and prints a table.
"""
