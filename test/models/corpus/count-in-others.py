"""Counts triangles of corpus models with other programs' importers, for the table in docs/formats.md.

blender -b --factory-startup --python test/models/corpus/count-in-others.py -- CORPUS second-importer.json

Blender counts evaluated triangles of everything it shows, instances included. Where it cannot read a file, assimp does
(`assimp info`): the larger of its faces before and after post-processing, which triangulates polygons and drops
triangles without area; it counts each mesh once.
"""

import csv
import json
import os
import re
import subprocess
import sys

import bpy

corpus, out = sys.argv[-2:]
IMPORT = {
    ".glb": bpy.ops.import_scene.gltf,
    ".gltf": bpy.ops.import_scene.gltf,
    ".fbx": bpy.ops.import_scene.fbx,
    ".obj": bpy.ops.wm.obj_import,
    ".stl": bpy.ops.import_mesh.stl,
    ".ply": bpy.ops.import_mesh.ply,
    ".x3d": bpy.ops.import_scene.x3d,
    ".wrl": bpy.ops.import_scene.x3d,
}


def in_blender(path):
    operator = IMPORT.get(os.path.splitext(path)[1].lower())
    if operator is None:
        return None
    bpy.ops.wm.read_factory_settings(use_empty=True)
    try:
        operator(filepath=path)
    except Exception:  # noqa: BLE001  whatever a file does to an importer
        return None
    triangles = 0
    for instance in bpy.context.evaluated_depsgraph_get().object_instances:
        if instance.object.type == "MESH":
            instance.object.data.calc_loop_triangles()
            triangles += len(instance.object.data.loop_triangles)
    return triangles or None


def in_assimp(path):
    counts = []
    for flags in ([], ["-r"]):
        run = subprocess.run(["assimp", "info", path, *flags], capture_output=True, text=True, timeout=60)
        counts += [int(count) for count in re.findall(r"^Faces:\s+(\d+)", run.stdout, re.M)]
    return max(counts, default=0) or None


version = subprocess.run(["assimp", "version"], capture_output=True, text=True).stdout
blender = f"Blender {bpy.app.version_string.split()[0]}"
assimp = "assimp " + (re.search(r"Version (\d+\.\d+)", version) or [None, "?"])[1]
result = {}
for row in csv.DictReader(open(os.path.join(corpus, "index.csv"))):
    file = row["file"]
    if file.startswith("corrupt/"):
        continue
    path = os.path.join(corpus, file)
    for program, count in ((blender, in_blender), (assimp, in_assimp)):
        triangles = count(path)
        if triangles is not None:
            result[file] = {"program": program, "triangles": triangles}
            break
json.dump(result, open(out, "w"), indent=1, sort_keys=True)
