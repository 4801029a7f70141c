"""A light copy of an XML element that is walked by local names, so that every namespace version reads alike."""

from lxml import etree

from integrations.statements.leaves import MAX_DEPTH, TooDeepError

_LOCAL_NAMES: dict[str, str] = {}


class Node:
    """Text, currency attribute and children of one element."""

    __slots__ = ("currency", "kids", "text")

    def __init__(self, text: str, currency: str, kids: "dict[str, list[Node]] | None") -> None:
        self.text = text
        self.currency = currency
        self.kids = kids

    def find(self, *path: str) -> "Node | None":
        """The first element along ``path`` (always the first child of each name), or None."""
        node = self
        for name in path:
            found = node.kids.get(name) if node.kids else None
            if not found:
                return None
            node = found[0]
        return node

    def all(self, name: str) -> "list[Node]":
        """All children called ``name``."""
        return (self.kids.get(name) if self.kids else None) or []

    def get(self, *path: str) -> str:
        """The stripped text at ``path``, or an empty string."""
        node = self.find(*path)
        return node.text.strip() if node is not None else ""


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    tag = element.tag
    name = _LOCAL_NAMES.get(tag)
    if name is None:
        name = tag.rpartition("}")[2]
        if len(_LOCAL_NAMES) < 2000:  # bounded: a hostile file may invent names
            _LOCAL_NAMES[tag] = name
    return name


def copy_element(element: etree._Element, depth: int = 0) -> Node:
    """Copy ``element`` and everything below it. Raises TooDeepError."""
    if depth > MAX_DEPTH:
        raise TooDeepError
    kids: dict[str, list[Node]] | None = None
    for child in element:
        name = local_name(child)
        node = copy_element(child, depth + 1)
        if kids is None:
            kids = {name: [node]}
        elif name in kids:
            kids[name].append(node)
        else:
            kids[name] = [node]
    return Node(element.text or "", element.get("Ccy") or "", kids)
