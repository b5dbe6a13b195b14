/** A lattice of two beams with a ball, in colours. */
export const LATTICE_3MF = `<?xml version="1.0"?>
<model unit="millimeter" requiredextensions="b" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02" xmlns:b="http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02" xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02">
<resources>
<m:colorgroup id="5"><m:color color="#FF0000"/><m:color color="#00FF0080"/></m:colorgroup>
<object id="1" pid="5" pindex="0"><mesh>
<vertices><vertex x="0" y="0" z="0"/><vertex x="10" y="0" z="0"/><vertex x="10" y="10" z="5"/></vertices>
<b:beamlattice radius="1" minlength="0.1" cap="hemisphere" ballmode="mixed" ballradius="2" pid="5" pindex="1">
<b:beams><b:beam v1="0" v2="1" p1="0" p2="1"/><b:beam v1="1" v2="2" r1="1" r2="2" cap2="butt"/></b:beams>
<b:balls><b:ball vindex="1" r="3" p="1"/></b:balls>
</b:beamlattice>
</mesh></object>
</resources>
<build><item objectid="1"/></build>
</model>
`;

/** A stage that brings a layer in twice, below itself and by reference, and changes it. */
export const STAGE_USDA = `#usda 1.0
(
    subLayers = [ @parts/set.usda@ (offset = 5; scale = 2) ]
    metersPerUnit = 0.01
    upAxis = "Z"
)

class Mesh "_Moved"
{
    double3 xformOp:translate = (3, 0, 0)
    uniform token[] xformOpOrder = ["xformOp:translate"]
}

over "Set"
{
    over "Box" ( inherits = </_Moved> )
    {
    }
    over "Gone" ( active = false )
    {
    }
}

def Xform "Copy" (
    references = @parts/set.usda@
    variants = { string size = "large" }
)
{
    over "Box"
    {
        rel material:binding = </Set/Red>
    }
}
`;

/** What the stage brings in: a box, a material, a variant, all moving. */
export const SET_USDA = `#usda 1.0
(
    defaultPrim = "Set"
    timeCodesPerSecond = 48
)

def Xform "Set" (
    variants = { string size = "small" }
    prepend variantSets = "size"
)
{
    double3 xformOp:translate.timeSamples = { 0: (0, 0, 0), 48: (0, 0, 5) }
    uniform token[] xformOpOrder = ["xformOp:translate"]

    def Mesh "Box"
    {
        int[] faceVertexCounts = [3, 3]
        int[] faceVertexIndices = [0, 1, 2, 0, 2, 3]
        point3f[] points = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
        rel material:binding = </Set/Red>
    }
    def Mesh "Gone"
    {
        int[] faceVertexCounts = [3]
        int[] faceVertexIndices = [0, 1, 2]
        point3f[] points = [(0, 0, 0), (1, 0, 0), (1, 1, 0)]
    }
    def Material "Red"
    {
        token outputs:surface.connect = </Set/Red/Shader.outputs:surface>
        def Shader "Shader"
        {
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor = (1, 0, 0)
            token outputs:surface
        }
    }
    variantSet "size" = {
        "small" { }
        "large" {
            def Mesh "Roof"
            {
                int[] faceVertexCounts = [3]
                int[] faceVertexIndices = [0, 1, 2]
                point3f[] points = [(0, 0, 1), (1, 0, 1), (1, 1, 1)]
            }
        }
    }
}
`;
