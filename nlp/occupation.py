"""Which family of posts an ad is for, as far as its words tell."""

from config.reading import Occupations


def occupation_of(title: str, text: str, data: Occupations) -> str:
    """Id of the family, empty when the ad does not tell; `title` and `text` are normalised.

    The title decides; only an ad without one is judged by the words of its text.
    """
    for occupation in data.occupations:
        if any(word in title for word in occupation.title):
            return occupation.id
    for occupation in data.occupations:
        if any(word in text for word in occupation.text):
            return occupation.id
    return ""
