from hypothesis import given
from hypothesis import strategies as st

from core.ids import ALPHABET, LENGTH, check_character, is_id, mint

bodies = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def test_a_minted_id_is_one_and_holds_no_word() -> None:
    minted = {mint() for _ in range(200)}
    assert len(minted) == 200
    assert all(is_id(one) for one in minted)
    assert not set("aeiouyl-") & set("".join(minted))


@given(bodies, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(body: str, place: int, wrong: str) -> None:
    good = body + check_character(body)
    bad = good[:place] + wrong + good[place + 1 :]
    assert is_id(bad) == (bad == good)


@given(bodies, st.integers(0, LENGTH - 3))
def test_two_neighbours_swapped_are_noticed(body: str, place: int) -> None:
    good = body + check_character(body)
    bad = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
    assert is_id(bad) == (bad == good)


def test_the_check_character_is_that_of_the_noid_specification() -> None:
    # The example of the NOID documentation: 13030/xf93gt2 has the check character q.
    total = sum(place * max(ALPHABET.find(one), 0) for place, one in enumerate("13030/xf93gt2", 1))
    assert ALPHABET[total % len(ALPHABET)] == "q"


def test_other_texts_are_no_ids() -> None:
    assert [is_id(text) for text in ("", "0" * 11, "A" * 12, "00000000000/")] == [False] * 4
