"""Every point that an interviewer asks is taught, and every item teaches a point."""

from collections.abc import Collection, Iterator

from studyapp.domain.topics import Problem, Topic
from studyapp.library.decode import suggestion


def problems(topic: Topic, left_out: Collection[str] = ()) -> Iterator[Problem]:
    """Points that name nothing that exists, and items under no point; a topic without coverage.yaml is not asked.

    What is `left_out` as faulty counts as existing, and the items of a faulty point as covered.
    """
    if not topic.coverage:
        return
    items = {item.id: item.about.origin for item in topic.items}
    named = set(left_out)
    for point in topic.coverage:
        for id_ in point.ids:
            if id_ not in items and id_ not in left_out:
                near = suggestion(id_, list(items))
                yield Problem(point.origin, f"{point.id}: names `{id_}`, which does not exist.{near}")
        named.update(point.ids)
    for id_, origin in items.items():
        if id_ not in named:
            yield Problem(origin, f"{id_}: stands under no point of coverage.yaml")
