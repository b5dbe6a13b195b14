# Renders a glTF with Blender's Cycles on the CPU: blender -b --factory-startup -noaudio -P cycles.py -- JOB.json
# Light, camera, size, samples and bounces come from the job; the picture is linear, float, with alpha.
import json
import math
import sys

import numpy

numpy.bool = bool  # The importer of this version asks for a name that numpy has given up.
import bpy
from mathutils import Matrix, Vector

job = json.load(open(sys.argv[sys.argv.index("--") + 1]))
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=job["model"])
scene = bpy.context.scene


def turned(v):
    """+Y up to +Z up, as the importer turns models."""
    return Vector((v[0], -v[2], v[1]))


camera = bpy.data.cameras.new("camera")
camera.sensor_fit = "VERTICAL"
camera.angle = math.radians(job["camera"]["fieldOfView"])
camera.clip_start, camera.clip_end = 0.001, 1e5
holder = bpy.data.objects.new("camera", camera)
right, up, forward = (turned(job["camera"][axis]) for axis in ("right", "up", "forward"))
holder.matrix_world = Matrix.Translation(turned(job["camera"]["position"])) @ Matrix(
    (right, up, -forward)
).transposed().to_4x4()
scene.collection.objects.link(holder)
scene.camera = holder

world = bpy.data.worlds.new("world")
world.use_nodes = True
nodes = world.node_tree.nodes
picture = nodes.new("ShaderNodeTexEnvironment")
picture.image = bpy.data.images.load(job["panorama"])
picture.image.colorspace_settings.name = "Linear"
world.node_tree.links.new(picture.outputs["Color"], nodes["Background"].inputs["Color"])
scene.world = world

scene.render.engine = "CYCLES"
scene.cycles.device = "CPU"
scene.cycles.samples = job["samples"]
scene.cycles.seed = job["seed"]
scene.cycles.use_adaptive_sampling = False
scene.cycles.use_denoising = False
scene.cycles.max_bounces = job["bounces"]
for kind in ("diffuse", "glossy", "transmission", "transparent_max", "volume"):
    name = f"{kind}_bounces" if kind != "transparent_max" else "transparent_max_bounces"
    setattr(scene.cycles, name, job["bounces"])
scene.cycles.sample_clamp_direct = 0
scene.cycles.sample_clamp_indirect = job["clamp"]
scene.cycles.blur_glossy = job["blurGlossy"]
scene.render.threads_mode = "FIXED"
scene.render.threads = job["threads"]
scene.render.film_transparent = True
scene.render.resolution_x, scene.render.resolution_y = job["width"], job["height"]
scene.render.resolution_percentage = 100
scene.view_settings.view_transform = "Raw"
scene.render.image_settings.file_format = "OPEN_EXR"
scene.render.image_settings.color_mode = "RGBA"
scene.render.image_settings.color_depth = "32"
scene.render.image_settings.exr_codec = "ZIP"
scene.render.filepath = job["output"]
bpy.ops.render.render(write_still=True)
