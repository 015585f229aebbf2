"""Several replicas of the service behind one door, on one machine: what a Service, an HPA and a mesh do on a cluster.

`python -m recsys fleet --replicas 3` starts one store (or uses REDIS_URL), as many processes `python -m recsys serve
--replica NAME` on it, and a front that clients talk to. The front picks a replica by policy (`rotation`), gets an
answer from another one where the first fails (`delivery`), starts again what dies (`member`), and answers /health/*
and /metrics for all of them (`front`, `metrics`). It keeps the limits of the service, since it has the same gate.

While it runs, whoever can read `fleet.token` in the state directory can look at the replicas and change their number;
the token is made anew at each start:

    curl -s $URL/fleet/replicas -H "Authorization: Bearer $(cat $STATE/fleet.token)"
    curl -s $URL/fleet/replicas -H "Authorization: Bearer $(cat $STATE/fleet.token)" -d '{"count": 3}'

Both answer `{"replicas": [{"name", "pid", "state", "url"}, ...]}`; a state is one of starting, ready, ejected, down
(waiting to be started again) and draining. Those that are added answer once they are ready, those that are taken away
(the highest numbers) finish what they have begun. The call that takes some away returns when they have left.

What it does not do: it is one process, and a front that dies takes the fleet with it. On a cluster there are several of
each, and the balancer is not in Python.
"""
