"""A plan before it runs: what it touches, what changes, what depends on it, and what can not be undone. Called by `confirm.py`."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages import Block, Button, Fields, Message, Paragraph, Source, Span, Table, Text, Tone, clean, plain
from bot.replies.wording import FIRST, NOTHING, code, kind, listed, moment, noted, row_of, said, typed
from bot.texts import Texts

WARNING = 400  # characters of one warning
_TONES = {"LOW": Tone.INFO, "HIGH": Tone.WARN, "DESTRUCTIVE": Tone.BAD}
_APPROVALS = ("WAITING", "APPROVED", "REFUSED")


def of_plan(
    texts: Texts, plan: Mapping[str, Any], source: Source | None = None, buttons: tuple[Button, ...] = ()
) -> Message:
    """`plan` has the fields of PLAN_FIELDS."""
    danger = plan["danger"] if plan.get("danger") in _TONES else "HIGH"
    title = texts(f"plan.{danger}", action=typed(plan.get("action")))
    blocks: list[Block] = [Paragraph(title), Fields(_facts(texts, plan))]
    blocks.extend(Paragraph((Span("⚠ "), *texts.graph(each, WARNING))) for each in (plan.get("warnings") or [])[:FIRST])
    blocks.extend(_changes(texts, plan.get("changes") or []))
    blocks.extend(_quota(texts, plan.get("quota") or []))
    blocks.append(_undo(texts, plan))
    blocks.extend(_approval(texts, plan.get("approval")))
    blocks.extend(row_of(buttons))
    if plan.get("expiresAt"):
        blocks.append(noted(texts, "plan.note", id=plan.get("id"), at=moment(str(plan["expiresAt"]))))
    summary = texts.line("plan.summary", action=typed(plan.get("action")), targets=_plainly(plan.get("targets") or []))
    return Message(summary=summary, blocks=tuple(blocks), tone=_TONES[danger], source=source)


def _facts(texts: Texts, plan: Mapping[str, Any]) -> tuple[tuple[str, Text], ...]:
    targets, dependants = plan.get("targets") or [], plan.get("dependants") or []
    pairs = [(texts.line("plan.targets"), listed(texts, _named(texts, targets)))] if targets else []
    if dependants:
        pairs.append((texts.line("plan.dependants", count=len(dependants)), listed(texts, _named(texts, dependants))))
    if plan.get("projectName"):
        pairs.append((texts.line("plan.project"), plain(clean(plan["projectName"]))))
    if plan.get("actorName"):
        pairs.append((texts.line("plan.actor"), plain(clean(plan["actorName"]))))
    if plan.get("requires"):
        pairs.append((texts.line("plan.role"), (code(plan["requires"]),)))
    return tuple(pairs)


def _named(texts: Texts, targets: Sequence[Mapping[str, Any]]) -> list[Text]:
    return [(Span(f"{_kind(texts, each)} "), code(each.get("name") or each.get("id"))) for each in targets]


def _kind(texts: Texts, target: Mapping[str, Any]) -> str:
    return texts.word(kind(target.get("kind")))


def _plainly(targets: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(clean(target.get("name") or target.get("id"), 60) for target in targets[:3]) or NOTHING


def _changes(texts: Texts, changes: Sequence[Mapping[str, Any]]) -> list[Block]:
    if not changes:
        return []
    columns = tuple(texts.line(f"plan.change.{name}") for name in ("target", "attribute", "before", "after"))
    rows = tuple(
        (
            clean(each.get("target")),
            texts.word(each.get("attribute")),
            _side(each.get("before")),
            _side(each.get("after")),
        )
        for each in changes[:FIRST]
    )
    return [Table(columns=columns, rows=rows, caption=texts.line("plan.changes"), total=len(changes))]


def _side(value: Any) -> str:
    return NOTHING if value in (None, "") else clean(value)


def _quota(texts: Texts, quota: Sequence[Mapping[str, Any]]) -> list[Block]:
    if not quota:
        return []
    columns = tuple(texts.line(f"plan.quota.{name}") for name in ("resource", "used", "after", "limit"))
    rows = tuple(
        (
            clean(f"{each.get('service')} {each.get('resource')}"),
            clean(each.get("used")),
            clean(each.get("after")),
            texts.line("plan.quota.unlimited") if each.get("limit") is None else clean(each["limit"]),
        )
        for each in quota[:FIRST]
    )
    return [Table(columns=columns, rows=rows, caption=texts.line("plan.quota"), total=len(quota))]


def _undo(texts: Texts, plan: Mapping[str, Any]) -> Paragraph:
    if plan.get("undo"):
        return said(texts, "plan.undo", command=typed(plan["undo"]))
    return said(texts, "plan.no_undo")


def _approval(texts: Texts, approval: Mapping[str, Any] | None) -> list[Block]:
    if not approval:
        return []
    state = approval["state"] if approval.get("state") in _APPROVALS else "WAITING"
    by, role = clean(approval.get("byName") or approval.get("byId")), clean(approval.get("role"))
    blocks: list[Block] = [said(texts, f"plan.approval.{state}", by=by, role=role)]
    if approval.get("reason"):
        blocks.append(said(texts, "plan.approval.reason", reason=approval["reason"]))
    return blocks
