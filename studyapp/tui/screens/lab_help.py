"""What `?` says about a lab."""

HELP = """\
You write a part of a running service. Read the **brief**, then go step by step: `e` opens your files in
your editor ($VISUAL or $EDITOR), `c` checks the step that is highlighted (each in a process of its own, with a time
limit), `a` all of them, `w` checks again at each save. What fails says what was expected and what came; `h` gives a
hint, one level deeper each time; `s` shows the reference once the step has passed.

`l` launches the **service** with your code in it: requests, latencies, errors, cache hits, who was answered how, drift.
`+` and `-` turn the traffic up and down; `L` launches two replicas, `>` and `<` scale them. `b` breaks it on purpose,
`p` lets you predict what an experiment will come to and then runs it. Both say in the output what was measured.

When every step passes, `x` asks you to explain it as in an interview: that ends the lab. In a narrow terminal `1`, `2`
and `3` show steps, output and service. Leaving stops everything.
"""
