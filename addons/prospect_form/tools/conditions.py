"""Which questions of a form are shown, for what was answered [IY-09].

The page does the same (``static/src/public/form.js``); this decides.

A form is a list of plain questions in their order: dicts with ``key``, ``type``,
``mode`` ("all" or "any") and ``conditions``: (key of the question, operator, values).
"""

OPERATORS = ("in", "not_in", "answered")


def is_met(operator, wanted, given):
    """Whether an answer meets a condition.

    :param str operator: one of ``OPERATORS``
    :param wanted: texts
    :param list given: the answer: texts, none of a question that is hidden or empty

    >>> is_met("in", ["yes"], ["yes"]), is_met("in", ["yes"], [])
    (True, False)
    >>> is_met("not_in", ["no"], ["yes"]), is_met("not_in", ["no"], [])
    (True, False)
    >>> is_met("answered", [], ["x"]), is_met("answered", [], [])
    (True, False)
    """
    if operator == "answered" or not given:
        return bool(given)
    plain = {str(text).strip().casefold() for text in wanted}
    has_one = any(str(text).strip().casefold() in plain for text in given)
    return has_one if operator == "in" else not has_one


def find_shown(questions, answers):
    """The keys of the questions and sections that are shown, for all answers given.

    A section that is hidden hides all up to the next one. What is hidden has no
    answer, whatever was sent. Questions that wait for each other are hidden.

    :param dict answers: {key: list of texts}

    >>> def ask(key, *conditions, kind="char", mode="all"):
    ...     return {"key": key, "type": kind, "mode": mode, "conditions": conditions}
    >>> stay, room = ask("stay"), ask("room", ("stay", "in", ["yes"]))
    >>> bed = ask("bed", ("room", "answered", []))
    >>> form = [stay, room, bed]
    >>> sorted(find_shown(form, {"stay": ["yes"], "room": ["double"]}))
    ['bed', 'room', 'stay']
    >>> sorted(find_shown(form, {"stay": ["no"], "room": ["double"]}))
    ['stay']
    >>> part = ask("part", ("stay", "in", ["yes"]), kind="section")
    >>> sorted(find_shown([stay, part, ask("q")], {"stay": ["no"]}))
    ['stay']
    >>> one, other = ask("a", ("b", "answered", [])), ask("b", ("a", "answered", []))
    >>> find_shown([one, other], {"a": ["1"], "b": ["1"]})
    set()
    """
    known = {question["key"]: question for question in questions}
    sections, section = {}, None
    for question in questions:
        sections[question["key"]] = section
        if question["type"] == "section":
            # a section begins where another one ends
            sections[question["key"]] = None
            section = question["key"]
    shown = {}

    def is_shown(key):
        if key not in shown:
            shown[key] = False  # while it is found out: who waits for itself is hidden
            shown[key] = look(known[key])
        return shown[key]

    def look(question):
        section = sections[question["key"]]
        if section and not is_shown(section):
            return False
        met = [
            is_met(operator, wanted, answers.get(key) if is_shown(key) else None)
            for key, operator, wanted in question["conditions"]
            if key in known
        ]
        if not met:
            # none, or about questions that are gone
            return not question["conditions"]
        return all(met) if question["mode"] == "all" else any(met)

    return {key for key in known if is_shown(key)}


def find_circle(questions):
    """The keys of questions that wait for each other, or an empty list.

    >>> def ask(key, *conditions, kind="char"):
    ...     return {"key": key, "type": kind, "mode": "all", "conditions": conditions}
    >>> find_circle([ask("a"), ask("b", ("a", "answered", []))])
    []
    >>> part = ask("part", ("a", "answered", []), kind="section")
    >>> find_circle([part, ask("a")])
    ['a', 'part']
    """
    waits, section = {}, None
    for question in questions:
        is_section = question["type"] == "section"
        waits[question["key"]] = {key for key, *_rest in question["conditions"]}
        if section and not is_section:
            waits[question["key"]].add(section)
        section = question["key"] if is_section else section
    # what waits for nothing that is left is done, again and again
    while True:
        free = {key for key, needs in waits.items() if not needs & waits.keys()}
        if not free:
            return sorted(_within(waits))
        waits = {key: needs for key, needs in waits.items() if key not in free}


def _within(waits):
    """Those of the rest that are waited for, without what merely hangs on them."""
    while True:
        needed = set().union(*waits.values()) if waits else set()
        kept = {key: needs for key, needs in waits.items() if key in needed}
        if len(kept) == len(waits):
            return kept
        waits = kept
