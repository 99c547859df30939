"""Sizes: every spelling of one amount of memory is one number for the API."""

import pytest

from ece_domain.findings import InvalidValue
from ece_domain.sizes import canonical_size, format_size, parse_size, same_size


@pytest.mark.parametrize(
    ("text", "megabytes"),
    [("8g", 8192), ("512m", 512), ("0.5g", 512), ("1.5g", 1536), ("0g", 0), ("64g", 65536), ("0.25g", 256)],
)
def test_sizes_are_read_as_megabytes(text, megabytes):
    """The API counts megabytes; a wrong factor would buy the wrong cluster."""
    assert parse_size(text) == megabytes


@pytest.mark.parametrize(
    ("megabytes", "text"), [(8192, "8g"), (512, "0.5g"), (1536, "1.5g"), (0, "0g"), (256, "256m"), (8193, "8193m")]
)
def test_one_canonical_spelling(megabytes, text):
    """Import and reads write sizes in one form, which reads back to the same number."""
    assert format_size(megabytes) == text
    assert parse_size(text) == megabytes


def test_same_amount_in_another_spelling_is_no_change():
    """A user who writes 8192m must not see a plan against 8g."""
    assert same_size("8192m", "8g")
    assert same_size("0.5g", "512m")
    assert not same_size("8g", "8.5g")
    assert canonical_size("512m") == "0.5g"


@pytest.mark.parametrize(
    ("text", "hint"), [("8GB", '"8g"'), ("8 g", '"8g"'), ("512MiB", '"512m"'), ("8", "number and the unit"), ("", "")]
)
def test_errors_name_the_value_and_the_form(text, hint):
    """The reader of the error must be able to repair the argument without documentation."""
    with pytest.raises(InvalidValue) as caught:
        parse_size(text)
    assert f'"{text}"' in str(caught.value)
    assert hint in str(caught.value)


def test_part_of_a_megabyte_is_refused():
    """The API has no fractions; silently rounding would plan something that was not written."""
    with pytest.raises(InvalidValue, match="whole number"):
        parse_size("0.3g")


def test_negative_size_has_no_text():
    """A negative number can only be a mistake of the caller."""
    with pytest.raises(InvalidValue, match="-1"):
        format_size(-1)


def test_foreign_text_equals_itself_only():
    """What the API might hold one day must not crash a comparison."""
    assert same_size("huge", "huge")
    assert not same_size("huge", "8g")
