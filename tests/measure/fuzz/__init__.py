"""Damaged and hostile input, thousands of cases: a right answer, or one clear line.

    python -m tests.measure.fuzz [--cases N] [--kinds K ...] [--seed S] [--keep DIR]

Cases run in child processes, which may end by a signal, hang or take too much memory without harm;
each of these is a failure, as is a traceback, another exit status than 0, 1 or 2, and more or less
than one line about what is wrong. A case is its kind and number: ``--kinds picture --first 17
--cases 1`` repeats one. The kinds are listed in :mod:`tests.measure.fuzz.kinds`.
"""
