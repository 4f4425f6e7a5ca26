"""The request for a page of a list, with its placeholders filled in."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from scrapy import FormRequest, Request
from scrapy.http import JsonRequest

from crawlers.extract.rules import ListRequest


def list_request(rules: ListRequest, values: Mapping[str, str]) -> Request:
    """The request that `rules` describe, with `values` for its placeholders."""
    url = _filled(rules.url, {name: quote(value, safe="") for name, value in values.items()})
    headers = {name: _filled(value, values) for name, value in rules.headers.items()}
    if rules.form:
        form = {name: _filled(value, values) for name, value in rules.form.items()}
        return FormRequest(url, method="POST", formdata=form, headers=headers)
    if rules.method == "POST":
        return JsonRequest(url, method="POST", data=_filled_json(rules.json_body, values), headers=headers)
    return Request(url, headers=headers)


def _filled(template: str, values: Mapping[str, str]) -> str:
    # Not str.format: addresses and JSON hold braces of their own.
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _filled_json(node: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """`node` with its placeholders filled; a text that is a number then becomes a number."""
    if isinstance(node, str):
        filled = _filled(node, values)
        return int(filled) if filled != node and filled.isdecimal() else filled
    if isinstance(node, Mapping):
        return {key: _filled_json(value, values) for key, value in node.items()}
    return [_filled_json(each, values) for each in node] if isinstance(node, list) else node
