from config import policy


def test_every_verdict_rests_on_a_text_or_says_that_none_was_found() -> None:
    table = policy.shipped()
    for kind, verdicts in table.verdicts.items():
        for strength, verdict in verdicts.items():
            grounds = table.grounds_of(kind, verdict, strength)
            assert grounds
            assert set(grounds) <= set(table.bases)
