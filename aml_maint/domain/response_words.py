"""Marrows and their verdicts in words: for tables, cards, tips, reports and who reads aloud."""

from __future__ import annotations

from aml_maint.domain.marrow_facts import marrow_facts
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import MrdVerdict, Track, rounded
from aml_maint.domain.response import MarrowVerdict
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_review import Decision, ResponseReview


def row_words(row: MarrowRow) -> Message:
    """One marrow in a sentence: when, why, what came back, and what it means on both tracks."""
    return say(
        "marrow.told",
        at=row.marrow.collected.local,
        purpose=say(f"purpose.{row.marrow.purpose.value}"),
        facts=marrow_facts(row.marrow),
        study=study_words(row),
        eln=eln_words(row.verdict),
    )


def response_words(row: MarrowRow) -> Message:
    """The response in force on the study's terms."""
    response = row.response
    return say(f"response.class.{response.value if response else 'none'}")


def mrd_words(row: MarrowRow) -> Message:
    """The MRD class in force on the study's terms."""
    return say(f"mrd_class.{row.mrd.value}") if row.mrd else say("mrd_class.none")


def study_words(row: MarrowRow) -> Message:
    """Response and MRD on the study's terms."""
    return say("marrow.both", response=response_words(row), mrd=mrd_words(row))


def eln_words(verdict: MarrowVerdict) -> Message:
    """Response and MRD on ELN's terms."""
    response = verdict.response.eln
    told = say(f"response.eln_class.{response.value if response else 'none'}")
    return say("marrow.both", response=told, mrd=mrd_class_words(verdict.mrd, Track.ELN))


def mrd_class_words(mrd: MrdVerdict | None, track: Track) -> Message:
    """The computed MRD class on a track."""
    return say("mrd_class.none") if mrd is None else say(f"mrd_class.{mrd.on(track).value}")


def pcr_words(row: MarrowRow) -> list[Message]:
    """How each PCR target moved."""
    found = []
    for target, change in row.pcr.items():
        if change.since_last is not None:
            logs = f"{rounded(change.since_last):+f}"
            found.append(say("marrow.pcr.since_last", target=target, logs=logs))
        if change.since_diagnosis is not None:
            logs = f"{rounded(change.since_diagnosis):+f}"
            found.append(say("marrow.pcr.since_diagnosis", target=target, logs=logs))
        if change.alert is not None:
            found.append(change.alert)
    return found


def state_words(board: ResponseBoard) -> Message:
    """Where the patient stands by the study's rule, since when, and by ELN's."""
    study = say(f"mrd_state.{board.study.state.value}")
    eln = say(f"mrd_state.{board.eln.state.value}")
    if board.study.state is board.eln.state:
        return say("marrow.state.same", state=study)
    return say("marrow.state", study=study, eln=eln)


def review_text(review: ResponseReview | None, *, stale: bool) -> Message:
    """What a physician made of the verdict; `stale` says that other results came since."""
    if review is None:
        return say("marrow.review.none")
    told: dict[str, object] = {
        "by": review.decided_by,
        "at": review.decided.local,
        "reason": review.reason,
    }
    key = f"marrow.review.{review.decision.value}"
    if review.decision is Decision.CONFIRMED and not review.reason:
        key += ".plain"
    word = Message(key, told)
    return say("marrow.review.stale", word=word) if stale else word


def board_notes(board: ResponseBoard) -> tuple[Message, ...]:
    """What stands with an exported board: rules, state, number of marrows and the day."""
    count = len(board.rows)
    made = "mrd_board.note.made.one" if count == 1 else "mrd_board.note.made"
    return (
        say("mrd_board.note.rules"),
        say("mrd_board.note.state", state=state_words(board)),
        say(made, n=count, day=board.today),
    )
