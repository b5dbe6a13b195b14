"""Renders glTF models with Blender Cycles: blender -b --factory-startup -P cycles-scene.py -- JOBS.json"""
import json
import sys

import bpy
import numpy

# The glTF importer of Blender 3.4 uses a name that newer numpy has dropped.
if not hasattr(numpy, "bool"):
    numpy.bool = bool

from mathutils import Matrix

with open(sys.argv[sys.argv.index("--") + 1]) as file:
    jobs = json.load(file)


def world(path):
    """The panorama as the only light. Its middle column is +X, as in Blender."""
    scene_world = bpy.data.worlds.new("panorama")
    bpy.context.scene.world = scene_world
    scene_world.use_nodes = True
    nodes, links = scene_world.node_tree.nodes, scene_world.node_tree.links
    texture = nodes.new("ShaderNodeTexEnvironment")
    texture.image = bpy.data.images.load(path)
    links.new(texture.outputs["Color"], nodes["Background"].inputs["Color"])


def camera(job):
    """glTF looks along −Z with Y up, as Blender's cameras do; the importer turns the world's Y to Z."""
    data = bpy.data.cameras.new("camera")
    data.sensor_fit = "VERTICAL"
    data.angle = job["fieldOfView"]
    data.clip_start, data.clip_end = job["near"], job["far"]
    thing = bpy.data.objects.new("camera", data)
    bpy.context.scene.collection.objects.link(thing)
    t = job["transform"]
    gltf = Matrix([[t[column * 4 + row] for column in range(4)] for row in range(4)])
    thing.matrix_world = Matrix(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1))) @ gltf
    bpy.context.scene.camera = thing


for job in jobs:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.preferences.addon_enable(module="io_scene_gltf2")
    bpy.ops.import_scene.gltf(filepath=job["model"])
    scene = bpy.context.scene
    world(job["environment"])
    camera(job)
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = job["samples"]
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising = False
    scene.cycles.seed = 0
    scene.cycles.max_bounces = scene.cycles.diffuse_bounces = scene.cycles.glossy_bounces = job["bounces"]
    scene.cycles.transmission_bounces = scene.cycles.transparent_max_bounces = job["bounces"]
    scene.cycles.sample_clamp_indirect = 0
    scene.cycles.blur_glossy = 0
    scene.render.film_transparent = True
    scene.cycles.film_transparent_glass = True
    scene.render.resolution_x, scene.render.resolution_y = job["width"], job["height"]
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_mode = "RGBA"
    scene.render.image_settings.color_depth = "32"
    scene.render.image_settings.exr_codec = "ZIP"
    scene.render.filepath = job["output"]
    bpy.ops.render.render(write_still=True)
