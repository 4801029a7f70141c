"""Reading an element by its text gives what walking through its tree gives."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from integrations.statements.leaves import read_leaves

NAMES = st.sampled_from(["Amt", "Cd", "Refs", "TxDtls", "NtryDtls", "x.y-z", "Ünter"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> etree._Element:
    namespace = draw(st.sampled_from(["", "{urn:a}", "{urn:b}"]))
    element = etree.Element(f"{namespace}{draw(NAMES)}")
    for name, value in draw(st.dictionaries(st.sampled_from(["Ccy", "note"]), TEXTS, max_size=2)).items():
        element.set(name, value)
    children = draw(st.lists(elements(depth + 1), max_size=4)) if depth < 4 else []
    for child in children:
        child.tail = draw(st.sampled_from([None, "\n  ", " stray ", "<&>"]))
        element.append(child)
    element.text = draw(st.sampled_from([None, "\n  "])) if children else draw(TEXTS)
    return element


def walked(element: etree._Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    for child in element:
        path = prefix + etree.QName(child).localname
        yield path, "" if len(child) else (child.text or "")
        if not len(child) and (child.text or "") and child.get("Ccy"):
            yield f"{path}@Ccy", child.get("Ccy") or ""
        yield from walked(child, f"{path}/")


@given(elements())
def test_all_of_it(element: etree._Element) -> None:
    whole, parts = read_leaves(etree.tostring(element, encoding="unicode"))
    wanted = [(path, text) for path, text in walked(element) if not path.endswith("@Ccy")]
    assert [(path, text) for path, text in whole.pairs() if not path.endswith("@Ccy")] == wanted
    assert parts == []
    assert all(whole.get(path) == next(text for its_path, text in wanted if its_path == path) for path, _ in wanted)


@given(elements())
def test_a_part_by_itself(element: etree._Element) -> None:
    whole, parts = read_leaves(etree.tostring(element, encoding="unicode"), "NtryDtls/TxDtls")
    inner = [
        child
        for details in element
        if etree.QName(details).localname == "NtryDtls"
        for child in details
        if etree.QName(child).localname == "TxDtls"
    ]

    def plain(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(path, text) for path, text in pairs if not path.endswith("@Ccy")]

    assert [plain(list(part.pairs())) for part in parts] == [plain(list(walked(child))) for child in inner]
    assert not any(path.startswith("NtryDtls/TxDtls/") for path, _ in whole.pairs())


def test_long_texts_are_read_alike() -> None:
    text = "<Ntry>" + "".join(f'<Amt Ccy="EUR">{number}</Amt><Empty/>\n' for number in range(10_000)) + "</Ntry>"
    whole, _ = read_leaves(text)
    assert len(whole.all("Amt")) == len(whole.all("Amt@Ccy")) == len(whole.all("Empty")) == 10_000
    assert [group.get("Cd") for group in whole.groups("Empty")] == []
