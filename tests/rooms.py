#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rooms.py SOURCE LIBRARY: files of core/ include only from rooms to their left in core/rooms.txt; calls between files of
the library form no circle (nm on the static library), except those that rooms.txt permits; only core/store includes HDF5,
and no file of core includes Lua."""
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)


def rooms_of(path):
    """The rooms from left to right, and the pattern of files that may need each other."""
    rooms, together = [], "(?!)"
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words[:1] == ["together"]:
                together = words[1]
            elif words and not line.startswith("#"):
                rooms.append(words[0])
    return rooms, together


def sources(top):
    for folder, _, names in os.walk(top):
        for name in names:
            if name.endswith((".c", ".h")):
                yield os.path.join(folder, name)


def room_of(path, rooms):
    """The innermost room of a path below core/."""
    fitting = [room for room in rooms if path.startswith(room + "/")]
    return max(fitting, key=len) if fitting else None


def look_at_includes(core, rooms, faults):
    """Returns how many includes there are, and appends wrong ones to faults."""
    count = 0
    for path in sources(core):
        here = os.path.relpath(path, core)
        if here.startswith("examples/"):
            continue
        room = room_of(here, rooms)
        if room is None:
            faults.append(f"core/{here}: lies in no room of core/rooms.txt")
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for quoted, system in INCLUDE.findall(text):
            if system in ("lua.h", "lauxlib.h", "lualib.h"):
                faults.append(f"core/{here}: includes <{system}>: core knows nothing of Lua")
            if system.startswith("hdf5") and not here.startswith("store/"):
                faults.append(f"core/{here}: includes <{system}>: only core/store sees HDF5")
            if not quoted:
                continue
            target = quoted if "/" in quoted else os.path.join(os.path.dirname(here), quoted)
            if not os.path.exists(os.path.join(core, target)):
                continue  # generated files have no room
            other = room_of(target, rooms)
            if other is None or rooms.index(other) > rooms.index(room):
                faults.append(f"core/{here}: includes core/{target}: {other} is not to the left of {room}")
            count += 1
    return count


def objects_of(library):
    """{object: {objects whose functions it calls}}"""
    text = subprocess.run(["nm", "-A", "-g", library], check=True, capture_output=True, text=True).stdout
    home, needs = {}, {}
    for line in text.splitlines():
        place, words = line.rsplit(":", 1)[0].split(":")[-1], line.rsplit(":", 1)[1].split()
        if words[-2] == "U":
            needs.setdefault(place, set()).add(words[-1])
        elif words[-2] not in "wv":
            home[words[-1]] = place
    return {place: {home[name] for name in names if home.get(name, place) != place} for place, names in needs.items()}


def circle(graph):
    """One circle as a list of nouns, or None."""
    state, stack = {}, []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if state.get(other) == "open":
                return stack[stack.index(other):] + [other]
            if other not in state:
                found = visit(other)
                if found:
                    return found
        stack.pop()
        state[node] = "done"
        return None

    for node in sorted(graph):
        if node not in state:
            found = visit(node)
            if found:
                return found
    return None


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: rooms.py SOURCE LIBRARY (the top of the tree, and its static library)")
    core = os.path.join(sys.argv[1], "core")
    rooms, together = rooms_of(os.path.join(core, "rooms.txt"))
    faults = []
    includes = look_at_includes(core, rooms, faults)
    graph = objects_of(sys.argv[2])
    for place in graph:  # files that may call each other count as one
        if re.match(together, place):
            graph[place] = {other for other in graph[place] if not re.match(together, other)}
    if includes < 100 or len(graph) < 100:
        faults.append(f"{includes} includes, {len(graph)} objects: is this the tree, and its library?")
    found = circle(graph)
    if found:
        faults.append("a circle: " + " -> ".join(found))
    for fault in faults:
        print(fault)
    print(f"rooms: {includes} includes, {len(graph)} objects, {len(rooms)} rooms, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
