"""Makes docs/reference/validations.md from the registry in ``ece_domain.validations``; ``generate_docs`` writes it."""

from __future__ import annotations

from collections.abc import Iterator

from ece_domain.findings import Finding
from ece_domain.validations import VALIDATIONS, Moment, Validation
from ece_domain.validations.rules import example

_INTRODUCTION = """\
# Validations

Made from the registry of validations by `make docs`.

These 48 checks are judged before a deploy, as early as what they need is known:

- *synth*: while the program runs. The error names the construct, the property, the value and what is allowed.
- *plan*: while Terraform plans. Checks that need the API are left out where it does not answer.
- *apply*: while Terraform applies, against the live clusters.

An error stops the work, a warning is shown.
Only warnings can be acknowledged, and the errors of V28 and V30; an error of another validation is what cannot be.
Every message ends with the id of its validation, such as `(V5)`.

Where you mean it, say so with a reason on the construct that the message names, or on one above it:

```python
connection.acknowledge("V5", "moves to keys with the upgrade in March")   # the warning is not shown any more
connection.escalate("V5")                                                # the warning becomes an error
```
"""


def validations_page() -> str:
    """The page: one table of all, then each with an example of its message."""
    lines = [_INTRODUCTION, "| id | checks | severity | when | can be |", "|-|-|-|-|-|"]
    lines += [_row(each) for each in VALIDATIONS.values()]
    for each in VALIDATIONS.values():
        lines += ["", *_section(each)]
    return "\n".join(lines) + "\n"


def _row(each: Validation) -> str:
    ways = [("acknowledged", each.may_be_acknowledged), ("escalated", each.may_be_escalated)]
    allowed = ", ".join(word for word, is_allowed in ways if is_allowed) or "neither"
    anchor = f"[{each.id}](#{each.id.lower()})"
    return f"| {anchor} | {each.checks} | {each.severity.value} | {_moments(each.moments)} | {allowed} |"


def _moments(moments: tuple[Moment, ...]) -> str:
    return ", ".join(moment.value for moment in moments)


def _section(each: Validation) -> Iterator[str]:
    yield f"## {each.id}"
    yield ""
    yield each.checks
    yield f"It needs: {each.needs}."
    yield f"It is {'an error' if each.severity.value == 'error' else 'a warning'}, told in {_moments(each.moments)}."
    if each.note:
        yield f"Beside that: {each.note}."
    yield ""
    yield from _quoted(example(each.id))


def _quoted(finding: Finding) -> Iterator[str]:
    yield f"> **{finding.summary}**"
    yield ">"
    yield f"> {finding.text}"
