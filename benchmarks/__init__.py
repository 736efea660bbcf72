"""How fast nnlab is: against scripts written by hand, and against the machine itself.

make bench
"""
