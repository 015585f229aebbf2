"""Simulated learners: with them the rule of the interview plan was found and is compared. All NumPy here stays here.

Time runs in whole days: one session a day at the same hour, the interview a day after the last one. Repeats within
a day cost their seconds but do not move the memory.
"""
