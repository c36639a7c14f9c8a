"""The forms of a page, as a browser would send them back."""

import html5lib


def filled(response, form_id):
    """The fields of a form as the page shows them, ready to be sent again."""
    tree = html5lib.parse(response.text, namespaceHTMLElements=False)
    form = tree.find(f".//form[@id='{form_id}']")
    assert form is not None, response.text[:500]
    sent = {}
    for field in form.iter():
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        if field.tag == "textarea":
            # A browser drops the line break that begins it, and sends its own ends of lines.
            said = "".join(field.itertext())
            sent[name] = said.replace("\r\n", "\n").replace("\n", "\r\n")
        elif field.tag == "select":
            options = [*field.iter("option")]
            chosen = [o.get("value") for o in options if o.get("selected") is not None]
            if field.get("multiple") is not None:
                sent[name] = chosen
            elif options:
                sent[name] = chosen[0] if chosen else options[0].get("value")
        elif field.tag == "input" and field.get("type") not in {"submit", "file"}:
            is_box = field.get("type") in {"checkbox", "radio"}
            if not is_box or field.get("checked") is not None:
                sent[name] = field.get("value", "on" if is_box else "")
    return sent
