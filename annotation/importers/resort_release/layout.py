"""Which text of a release stands where: the calls of every strategy with the fields that record them."""

from collections.abc import Mapping
from dataclasses import dataclass

from generation.release.outputs import CallFields, call_fields
from generation.strategies import Call, Method, Strategy, Yields, chain_dimensions, plan_calls


@dataclass(frozen=True)
class ChainLayout:
    """One chain's calls, each with its fields. number: its dimension's, None for none or several."""

    number: int | None
    calls: tuple[Call, ...]
    fields: tuple[CallFields, ...]


@dataclass(frozen=True)
class TextStep:
    """Which text of a strategy. number: of the dimension that it was written for, or None."""

    number: int | None
    step: int
    is_final: bool


def chain_layouts(strategy: Strategy, numbers: Mapping[str, int]) -> tuple[ChainLayout, ...]:
    """Return the chains that one post has in the strategy; numbers are the dimensions' by key."""
    layouts = []
    for keys in chain_dimensions(strategy, sorted(numbers, key=numbers.__getitem__)):
        calls = plan_calls(strategy, keys)
        layouts.append(
            ChainLayout(
                number=numbers[keys[0]] if strategy.dimension_wise else None,
                calls=calls,
                fields=tuple(call_fields(strategy, calls, index, numbers) for index in range(len(calls))),
            )
        )
    return tuple(layouts)


def rated_step(strategy: Strategy, numbers: Mapping[str, int], number: int) -> TextStep | None:
    """Return the text that the release's raters and judges read under a dimension; None for an unknown one.

    Of a refinement that is the text as it stood after that dimension, not the last one (all of the 227 rated
    texts of the authors' release that can be compared with its outputs are these).
    """
    if number not in numbers.values():
        return None
    if strategy.method is Method.VANILLA:
        return TextStep(None, 0, is_final=True)
    chains = chain_layouts(strategy, numbers)
    if strategy.dimension_wise:
        calls = next(chain.calls for chain in chains if chain.number == number)
        return TextStep(number, len(calls) - 1, is_final=True)
    calls = chains[0].calls
    if strategy.method is Method.SELF_REFINE:
        step = sorted(numbers.values()).index(number)
    else:
        step = max(
            index
            for index, call in enumerate(calls)
            if call.yields is Yields.TEXT and numbers[call.dimension or ""] == number
        )
    return TextStep(None, step, is_final=step == len(calls) - 1)
