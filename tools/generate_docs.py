"""Makes the reference pages in docs/reference/ from the provider's own schemas, one page per Terraform
object, and the page of all validations.

`python -m tools.generate_docs` writes them; `stale()` names the pages that are not what the schemas say.
The example on a page is the file examples/terraform/<type>.tf, which a test deploys.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ece_provider.provider import EceProvider
from terraform_plugin import Attribute, DataSource, FunctionSignature, Nesting, Resource, Schema
from terraform_plugin.types import ListOf, MapOf, ObjectOf, Primitive, SetOf, Type
from tools.validations_page import validations_page

PROJECT = Path(__file__).resolve().parents[1]
PAGES = PROJECT / "docs" / "reference"
EXAMPLES = PROJECT / "examples" / "terraform"
_KINDS = {
    Nesting.SINGLE: "object",
    Nesting.LIST: "list of objects",
    Nesting.SET: "set of objects",
    Nesting.MAP: "map of objects",
}


def pages() -> dict[str, str]:
    """All pages by file name."""
    provider = EceProvider()
    made = {"provider.md": _provider_page(provider)}
    for resource in provider.resources:
        made[f"{resource.type_name}.md"] = _resource_page(resource)
    for source in provider.data_sources:
        made[f"data_{source.type_name}.md"] = _data_page(source)
    made["validations.md"] = validations_page()
    made["functions.md"] = _functions_page(provider)
    made["README.md"] = _index(provider)
    return made


def stale() -> list[str]:
    """Names of pages that are missing, differ, or belong to nothing any more."""
    wanted = pages()
    differing = [name for name, text in wanted.items() if not _same(PAGES / name, text)]
    return sorted(differing + [file.name for file in PAGES.glob("*.md") if file.name not in wanted])


def _same(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def _index(provider: EceProvider) -> str:
    lines = [
        "# Reference",
        "",
        "Made from the provider's schemas by `make docs`.",
        "",
        "- [provider](provider.md)",
        "- [validations](validations.md)",
    ]
    lines += [f"- [{part.type_name}]({part.type_name}.md)" for part in provider.resources]
    lines += [f"- [data {part.type_name}](data_{part.type_name}.md)" for part in provider.data_sources]
    lines += ["- [functions](functions.md)"]
    return "\n".join(lines) + "\n"


def _provider_page(provider: EceProvider) -> str:
    return _page("Provider `ece`", provider.schema, None, ())


def _resource_page(resource: Resource[Any]) -> str:
    more: list[str] = []
    if resource.identity is not None:
        parts = ", ".join(f"`{name}`" for name in resource.identity.attributes)
        more += ["## Import", "", f"By id, or with Terraform 1.12 and newer by identity: {parts}.", ""]
        more += ["```sh", f"terraform import {resource.type_name}.example <id>", "```", ""]
    return _page(f"Resource `{resource.type_name}`", resource.schema, EXAMPLES / f"{resource.type_name}.tf", more)


def _data_page(source: DataSource[Any]) -> str:
    example = EXAMPLES / f"data_{source.type_name}.tf"
    return _page(f"Data source `{source.type_name}`", source.schema, example, ())


def _functions_page(provider: EceProvider) -> str:
    example = (EXAMPLES / "functions.tf").read_text(encoding="utf-8").strip()
    lines = ["# Functions", "", "They call nothing, and need Terraform 1.8.", "", "```hcl", example, "```", ""]
    for function in provider.functions:
        lines += [f"## `{function.name}`", "", *_function(function.name, function.signature), ""]
    return "\n".join(lines).rstrip() + "\n"


def _function(name: str, signature: FunctionSignature) -> Iterator[str]:
    extra = (signature.variadic,) if signature.variadic is not None else ()
    names = [one.name for one in signature.parameters] + [f"{one.name}…" for one in extra]
    yield from _sentences(signature.description)
    yield ""
    yield f"`provider::ece::{name}({', '.join(names)})` gives: {_type(signature.returns)}."
    yield ""
    for one in (*signature.parameters, *extra):
        yield f"- `{one.name}` ({_type(one.type)}): {one.description}"


def _page(title: str, schema: Schema, example: Path | None, more: list[str] | tuple[()]) -> str:
    lines = [f"# {title}", "", *_sentences(schema.description), ""]
    if example is not None:
        lines += ["## Example", "", "```hcl", example.read_text(encoding="utf-8").strip(), "```", ""]
    groups = {
        "Required": {n: a for n, a in schema.attributes.items() if a.required},
        "Optional": {n: a for n, a in schema.attributes.items() if a.optional},
        "Computed": {n: a for n, a in schema.attributes.items() if a.computed and not a.optional},
    }
    for heading, attributes in groups.items():
        if attributes:
            lines += [f"## {heading}", "", *_list(attributes), ""]
    return "\n".join([*lines, *more]).rstrip() + "\n"


def _sentences(text: str) -> list[str]:
    """One sentence per line."""
    return [sentence if sentence.endswith(".") else f"{sentence}." for sentence in text.rstrip(".").split(". ")]


def _list(attributes: Mapping[str, Attribute], depth: int = 0) -> Iterator[str]:
    for name in sorted(attributes):
        attribute = attributes[name]
        yield f"{'  ' * depth}- `{name}` ({', '.join(_facts(attribute, depth))}): {attribute.description}"
        if attribute.nested is not None:
            yield from _list(attribute.nested.attributes, depth + 1)


def _facts(attribute: Attribute, depth: int) -> Iterator[str]:
    yield _KINDS[attribute.nested.nesting] if attribute.nested is not None else _type(attribute.value_type)
    if depth:
        yield "required" if attribute.required else "optional" if attribute.optional else "computed"
    if attribute.has_default:
        default = attribute.default
        yield f"default `{str(default).lower() if isinstance(default, bool) else default}`"
    if attribute.replace:
        yield "a change replaces the object"
    if attribute.local:
        yield "lives in Terraform only"
    if attribute.sensitive:
        yield "sensitive"
    if attribute.write_only:
        yield "write-only"
    for validator in attribute.validators:
        yield f"allowed: {validator.description}"


def _type(kind: Type) -> str:
    match kind:
        case Primitive(name):
            return name
        case ListOf(element):
            return f"list of {_type(element)}"
        case SetOf(element):
            return f"set of {_type(element)}"
        case MapOf(element):
            return f"map of {_type(element)}"
        case ObjectOf(attributes):
            return f"object with {', '.join(f'`{name}`' for name in attributes)}"
    return "object"


def main() -> int:
    """Write all pages, or with --check only say which are stale; the exit code is 1 then."""
    if "--check" in sys.argv[1:]:
        names = stale()
        print("\n".join(names), end="\n" if names else "")
        return 1 if names else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for file in PAGES.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
