"""What hangs together."""


def join_groups(groups):
    """Groups that share no member any more: those that do are one, in their order.

    :param groups: iterable of lists

    >>> join_groups([[3, 1], [5, 6], [2, 1]])
    [[1, 2, 3], [5, 6]]
    """
    parents = {}

    def find(item):
        root = item
        while parents[root] != root:
            root = parents[root]
        while parents[item] != root:
            parents[item], item = root, parents[item]
        return root

    for group in groups:
        for item in group:
            parents.setdefault(item, item)
        first = find(group[0])
        for item in group[1:]:
            parents[find(item)] = first
    joined = {}
    for item in sorted(parents):
        joined.setdefault(find(item), []).append(item)
    return list(joined.values())
