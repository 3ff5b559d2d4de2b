"""Importing a cohort: what a file may be, what it would do, and that it is all or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aml_maint.domain.command import Command
from aml_maint.domain.errors import BadInput, Refused, UserError
from aml_maint.domain.patient import Flt3Itd, Risk, Sex
from aml_maint.services import delimited
from aml_maint.services.importing import (
    CohortPreview,
    RowState,
    check_importable,
    import_cohort,
    preview_cohort,
)
from aml_maint.services.language import catalogue
from aml_maint.services.people import admit_patient, list_patients
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts, engine
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction
from tests.builders import PASSPHRASE, a_patient, a_ward

COHORT = (Path(__file__).parents[1] / "data" / "cohort19.csv").read_bytes()
HEADER = COHORT.decode().splitlines()[0]
FIRST = COHORT.decode().splitlines()[1]
STUDY = "Cheng2025"
EN = catalogue("en")


def preview(place: Workplace, data: bytes | str = COHORT, study: str = STUDY) -> CohortPreview:
    return preview_cohort(place, data.encode() if isinstance(data, str) else data, study)


def row(**cells: str) -> str:
    """The paper's first patient as a row of a file, some cells replaced."""
    values = next(csv.DictReader([HEADER, FIRST])) | cells
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values[name] for name in HEADER.split(","))
    return out.getvalue()


def file_of(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def problems(place: Workplace, data: bytes | str) -> list[tuple[int, str, str]]:
    """What is wrong with the rows of a file: row, field, key."""
    found = preview(place, data)
    assert found.rejected == len({problem.row for problem in found.problems})
    return [(p.row, p.field, p.message.key) for p in found.problems]


def refusal(place: Workplace, data: bytes | str) -> str:
    """Why a whole file can't be read, as a key; its sentence exists."""
    with pytest.raises(BadInput) as refused:
        preview(place, data)
    assert EN.text(refused.value.message)
    return refused.value.message.key


# What an import does


def test_the_papers_patients_are_new_first_and_the_same_after(place: Workplace) -> None:
    first = preview(place)
    assert (first.new, first.same, first.changed, first.rejected) == (19, 0, 0, 0)
    done = import_cohort(place, first)
    assert done is not None and len(done.patients) == 19
    again = preview(place)
    assert (again.new, again.same, again.changed, again.rejected) == (0, 19, 0, 0)
    assert import_cohort(place, again) is None
    assert place.store.head().sequence == done.sequence


def test_what_is_read_back_is_what_the_file_says(place: Workplace) -> None:
    import_cohort(place, preview(place))
    held = cohorts.by_study(place.store, STUDY)
    assert [held[n] for n in sorted(held)] == [r.patient for r in preview(place).rows]
    assert str(held[7].mrd_flow_percent) == "0.06" and str(held[13].mrd_flow_percent) == "0.1"
    assert held[2].mutations == ("CEBPA", "NPM1")


def test_a_study_patient_has_a_number_and_no_invented_date_or_name(place: Workplace) -> None:
    import_cohort(place, preview(place))
    found = {entry.patient.mrn: entry for entry in list_patients(place)}
    assert len(found) == 19 and all(entry.reported for entry in found.values())
    patient = found["CHENG2025-05"].patient
    assert (patient.family_name, patient.given_name) == ("Cheng2025", "05")
    assert (patient.sex, patient.flt3_itd) == (Sex.MALE, Flt3Itd.POSITIVE)
    assert patient.eln_risk is Risk.FAVOURABLE
    assert (patient.born_on, patient.diagnosed_on, patient.admitted_on) == (None, None, None)


def test_an_import_is_one_event_and_a_command_sent_twice_is_carried_out_once(
    place: Workplace,
) -> None:
    command = UUID(int=1)
    first = import_cohort(place, preview(place), command)
    again = import_cohort(place, preview(place), command)
    assert first is not None and again is not None
    assert (again.sequence, again.replayed) == (first.sequence, True)
    assert place.store.head().sequence == 2, "the file's creation, and one import"


def test_one_rejected_row_keeps_all_rows_out(place: Workplace) -> None:
    found = preview(place, file_of(row(), row(patient="2", sex="X")))
    assert (found.new, found.rejected) == (1, 1)
    with pytest.raises(BadInput) as refused:
        import_cohort(place, found)
    assert [(p.row, p.field) for p in refused.value.rows] == [(3, "sex")]
    assert list_patients(place) == ()


def test_other_facts_are_written_only_when_accepted_and_keep_what_the_ward_added(
    place: Workplace,
) -> None:
    import_cohort(place, preview(place, file_of(row())))
    found = preview(place, file_of(row(sex="F", os_months="83")))
    assert found.rows[0].state is RowState.CHANGED
    assert found.rows[0].differs == ("sex", "os_months")
    with pytest.raises(Refused) as refused:
        import_cohort(place, found)
    assert [p.field for p in refused.value.rows] == ["sex", "os_months"]
    assert import_cohort(place, found, accept_changes=True) is not None
    assert preview(place, file_of(row(sex="F", os_months="83"))).same == 1
    (entry,) = list_patients(place)
    assert (entry.patient.sex, entry.patient.mrn) == (Sex.FEMALE, "CHENG2025-01")


def test_a_preview_that_is_out_of_date_is_refused(place: Workplace) -> None:
    early = preview(place)
    import_cohort(place, preview(place, file_of(row())))
    with pytest.raises(Refused):
        import_cohort(place, early)


def test_two_studies_stand_beside_each_other(place: Workplace) -> None:
    import_cohort(place, preview(place))
    other = preview(place, study="Other-2026")
    assert other.new == 19
    import_cohort(place, other)
    assert len(list_patients(place)) == 38


def test_a_record_number_that_belongs_to_someone_else_is_a_conflict(place: Workplace) -> None:
    admit_patient(place, a_patient("CHENG2025-01"))
    found = preview(place, file_of(row(), row(patient="2")))
    assert (found.new, found.rejected) == (1, 1)
    assert found.problems[0].message.key == "error.mrn_taken"


@pytest.mark.parametrize("study", ["", "1st", "a b", "a/b", "=x", "x" * 40, "研究"])
def test_a_study_has_a_plain_name(place: Workplace, study: str) -> None:
    with pytest.raises(BadInput):
        preview(place, study=study)


def test_a_preview_without_rejections_or_changes_may_be_imported(place: Workplace) -> None:
    check_importable(preview(place))


# What a file may be


@pytest.mark.parametrize(
    "data",
    [
        COHORT,
        b"\xef\xbb\xbf" + COHORT,
        COHORT.decode().encode("gb18030"),
        COHORT.replace(b"\n", b"\r\n"),
        COHORT.decode().replace("\n", "\n\n").encode(),
    ],
    ids=["utf-8", "bom", "gb18030", "crlf", "blank lines"],
)
def test_the_same_table_is_read_whatever_wrote_it(place: Workplace, data: bytes) -> None:
    patients = [r.patient for r in preview(place, data).rows]
    assert patients == [r.patient for r in preview(place).rows]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_recognised(place: Workplace, separator: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(csv.reader(io.StringIO(COHORT.decode())))
    assert preview(place, out.getvalue()).new == 19


def test_chinese_text_in_gb_18030_keeps_its_characters(place: Workplace) -> None:
    found = preview(place, file_of(row(notes="复发后移植")).encode("gb18030"))
    assert found.rows[0].patient is not None
    assert found.rows[0].patient.notes == "复发后移植"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_that_an_export_neutralised_is_restored(place: Workplace, text: str) -> None:
    found = preview(place, file_of(row(notes=f"'{text}"))).rows[0].patient
    assert found is not None
    assert found.notes == text.strip()


def test_an_apostrophe_that_hides_no_formula_stays(place: Workplace) -> None:
    found = preview(place, file_of(row(notes="'quoted'"))).rows[0].patient
    assert found is not None and found.notes == "'quoted'"


def test_columns_may_come_in_any_order_and_unknown_ones_are_named(place: Workplace) -> None:
    rows = list(csv.DictReader(io.StringIO(COHORT.decode())))
    names = [*reversed(HEADER.split(",")), "shoe_size"]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="42")
    writer.writeheader()
    writer.writerows(rows)
    found = preview(place, out.getvalue())
    assert (found.new, found.ignored_columns) == (19, ("shoe_size",))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "import.empty"),
        (b" \n ", "import.empty"),
        (b"PK\x03\x04rest", "import.broken_workbook"),
        (b"\xd0\xcf\x11\xe0rest", "import.workbook"),
        (COHORT.decode().encode("utf-16"), "import.encoding"),
        (COHORT + b"\0", "import.not_text"),
        (b"\xff\xff\xff", "import.encoding"),
        (b"hello", "import.columns_missing"),
        (HEADER, "import.no_rows"),
        (HEADER.replace("os_months", "os_weeks") + "\n" + FIRST, "import.columns_missing"),
        (f"{HEADER},patient\n{FIRST},1", "import.columns_twice"),
        (file_of('1,"M'), "import.broken_row"),
        (file_of('"1"x,M'), "import.broken_row"),
        (",".join(f"c{n}" for n in range(201)), "import.too_many_columns"),
        (file_of("x" * 200_000), "import.broken_row"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_its_reason(
    place: Workplace, data: bytes | str, key: str
) -> None:
    assert refusal(place, data) == key


def test_limits_of_size_and_rows(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LARGEST", len(COHORT))
    monkeypatch.setattr(delimited, "MOST_ROWS", 19)
    assert preview(place).new == 19
    monkeypatch.setattr(delimited, "MOST_ROWS", 18)
    assert refusal(place, COHORT) == "import.too_many_rows"
    monkeypatch.setattr(delimited, "LARGEST", len(COHORT) - 1)
    assert refusal(place, COHORT) == "import.too_large"


@pytest.mark.parametrize(
    ("cells", "field", "key"),
    [
        ({"sex": "f"}, "sex", "import.not_a_choice"),
        ({"sex": ""}, "sex", "import.missing_value"),
        ({"age_years": "old"}, "age_years", "error.not_a_number"),
        ({"age_years": "121"}, "age_years", "import.out_of_range"),
        ({"age_years": "-1"}, "age_years", "import.out_of_range"),
        ({"patient": "0"}, "patient", "import.out_of_range"),
        ({"patient": "1.5"}, "patient", "import.out_of_range"),
        ({"patient": "1e30"}, "patient", "import.out_of_range"),
        ({"wbc_e9_per_l": "1e99"}, "wbc_e9_per_l", "import.out_of_range"),
        ({"wbc_e9_per_l": "1e999999"}, "wbc_e9_per_l", "error.not_a_number"),
        ({"wbc_e9_per_l": "NaN"}, "wbc_e9_per_l", "error.not_a_number"),
        ({"blast_percent": "100.1"}, "blast_percent", "import.out_of_range"),
        ({"rfs_months": "83"}, "rfs_months", "import.rfs_longer_than_os"),
        ({"death_event": "1"}, "death_event", "import.death_disagrees"),
        ({"relapse_event": "1"}, "relapse_event", "import.relapse_disagrees"),
        ({"outcome": "well"}, "outcome", "import.not_a_choice"),
        ({"flt3_itd": "maybe"}, "flt3_itd", "import.not_a_choice"),
        ({"notes": "x" * 10_001}, "notes", "import.cell_too_long"),
    ],
)
def test_a_cell_that_can_not_be_is_told_by_row_and_column(
    place: Workplace, cells: dict[str, str], field: str, key: str
) -> None:
    assert problems(place, file_of(row(patient="9"), row(**cells))) == [(3, field, key)]


def test_a_row_of_another_length_and_a_patient_who_stands_twice_are_rejected(
    place: Workplace,
) -> None:
    found = problems(place, file_of(row(), "1,M", row(), row(patient="2") + ",x"))
    assert found == [
        (3, "row", "import.ragged"),
        (4, "patient", "import.double"),
        (5, "row", "import.ragged"),
    ]


def test_every_problem_has_its_sentence_in_both_languages(place: Workplace) -> None:
    cells = {"sex": "f", "age_years": "old", "rfs_months": "99", "outcome": "well"}
    found = preview(place, file_of(row(**cells), "1,M", row(patient="2", relapse_event="1")))
    for language in ("en", "zh"):
        texts = [catalogue(language).text(p.message) for p in found.problems]
        assert len(texts) >= 6 and all(texts)


# Whatever the bytes are


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A ward that already holds the cohort; nothing that is tried on it may change it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "KDF_ITERATIONS", 1_000)
        path = tmp_path_factory.mktemp("fuzz") / "ward.amldb"
        with Store.create(path, PASSPHRASE, "ward") as store:
            place = a_ward(store)
            import_cohort(place, preview(place))
            yield place


def try_to_import(place: Workplace, data: bytes) -> None:
    """Import what can be imported into a study that has none; only UserErrors may come out."""
    before = place.store.head()
    refused: UserError | None = None
    try:
        found = preview_cohort(place, data, "Fuzz")
        check_importable(found)
    except UserError as error:
        refused = error
    if refused is not None:
        assert EN.text(refused.message)
    else:
        # What the preview accepts the file must take; undone at once, so that cases stay apart.
        undoing = replace(place, store=_Undoing(place.store))  # type: ignore[arg-type]
        with pytest.raises(ZeroDivisionError):
            import_cohort(undoing, found)
    assert place.store.head() == before


class _Undoing:
    """A store whose writes are all undone at their end."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, command: Command) -> Iterator[Transaction]:
        with self._store.write(command) as transaction:
            yield transaction
            raise ZeroDivisionError


_CELL = st.one_of(
    st.sampled_from(
        ["", "0", "1", "-1", "1e9", "1e99", "NaN", "M", "F", "CR", "alive", "dead", "'=1"]
    ),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.text(max_size=20),
)


@given(st.binary(max_size=400))
def test_random_bytes_never_do_anything_but_refuse(standing: Workplace, data: bytes) -> None:
    try_to_import(standing, data)


@given(st.text(max_size=400))
def test_random_text_under_a_right_header_never_does_anything_but_refuse(
    standing: Workplace, text: str
) -> None:
    try_to_import(standing, f"{HEADER}\n{text}".encode("utf-8", "surrogatepass"))


@given(st.dictionaries(st.sampled_from(HEADER.split(",")), _CELL, min_size=1, max_size=4))
def test_random_cells_are_taken_or_refused_and_never_break_the_file(
    standing: Workplace, cells: dict[str, str]
) -> None:
    data = file_of(row(**cells), row(patient="2"))
    try_to_import(standing, data.encode("utf-8", "surrogatepass"))


@given(st.integers(0, len(COHORT) - 1), st.binary(min_size=0, max_size=3), st.integers(0, 40))
def test_a_cohort_with_bytes_cut_out_or_put_in_is_taken_or_refused(
    standing: Workplace, at: int, put_in: bytes, cut: int
) -> None:
    try_to_import(standing, COHORT[:at] + put_in + COHORT[at + cut :])
