import numpy as np

from annotation.statistics.observations import Observations
from annotation.statistics.rater_graph import RaterGraph, rater_graph


def graph_of(*groups: set[int]) -> RaterGraph:
    """The graph of items that the given raters have rated, an item for each group."""
    unit = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    rater = np.array([rater for group in groups for rater in sorted(group)], dtype=np.int64)
    return rater_graph(
        Observations(
            unit=unit,
            rater=rater,
            category=np.zeros(len(unit), dtype=np.int64),
            values=np.array([0.0, 1.0]),
            cluster=np.arange(len(groups)),
        )
    )


def test_rater_graph_of_the_release() -> None:
    """The four raters of the authors' study: 11 met only 14, who met all; 12 and 19 met."""
    graph = graph_of(*[{11, 14}] * 102, *[{12, 19}] * 45, *[{12, 14}] * 40, *[{14, 19}] * 40)

    assert graph.raters.tolist() == [11, 12, 14, 19]
    assert graph.shared.tolist() == [
        [102, 0, 102, 0],
        [0, 85, 40, 45],
        [102, 40, 182, 40],
        [0, 45, 40, 85],
    ]
    assert graph.never_met == ((11, 12), (11, 19))
    assert graph.is_connected


def test_rater_graph_in_two_parts() -> None:
    graph = graph_of({0, 3}, {3, 5}, {1, 2})

    assert graph.components == ((0, 3, 5), (1, 2))
    assert graph.never_met == ((0, 1), (0, 2), (0, 5), (1, 3), (1, 5), (2, 3), (2, 5))
    assert not graph.is_connected


def test_rater_graph_of_one_rater_is_connected() -> None:
    graph = graph_of({4}, {4})

    assert (graph.never_met, graph.components, graph.is_connected) == ((), ((4,),), True)


def test_rater_graph_without_ratings_is_empty() -> None:
    graph = graph_of(set())

    assert (graph.never_met, graph.components, graph.is_connected) == ((), (), True)
