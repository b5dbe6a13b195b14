const RIM =
  'It adds a Fresnel term that grows with smoothness to the tabulated albedo, which has it already: outlines of smooth dielectrics come out brighter than single scattering gives.';
const NOISE = 'Both pictures are noisy: 128 samples, no denoiser.';

/** Why a picture of ours differs from the peer's by more than the threshold, where it is not an error of ours. */
export const EXPLANATIONS: Readonly<Record<string, { khronos?: string; cycles?: string }>> = {
  helmet: {
    khronos: `${RIM} Its normal maps are not filtered over the pixel, so that edges sparkle.`,
    cycles: NOISE,
  },
  'metal-rough': {
    khronos: `${RIM} Its rough environment has four steps between mirror and matt, ours seven.`,
    cycles: `${NOISE} Blender 3.4 has no compensation for light lost between microfacets, so that rough metal is darker there.`,
  },
  'specular-ior': { khronos: RIM },
  clearcoat: {
    khronos: RIM,
    cycles: `${NOISE} Blender 3.4 dims its clearcoat to a quarter and keeps the light below.`,
  },
  sheen: {
    khronos:
      'It takes sheen as a narrow lobe about the mirror direction. The lobe lies flat over the surface instead: ours agrees with our path tracer.',
  },
  transmission: {
    khronos:
      'It blurs the picture behind by a mip map of the screen; we follow rays to what is there, so that the blur grows with the distance, and edges of the screen do not smear.',
  },
  volume: {
    khronos:
      'It bends a ray once, by the stated thickness, and looks up the screen there. A ball turns the picture behind it round, which two refractions show.',
    cycles:
      'Its importer interpolates the checks of the wall, which ask for the nearest texel, and its shadows of glass are dark where ours are focused light.',
  },
  dispersion: { khronos: 'As for `volume`.' },
  iridescence: {
    khronos:
      'It takes the film at the angle of the surface, we at the mean angle of its microfacets; and as for `metal-rough`.',
  },
  anisotropy: {
    khronos:
      'It bends the normal once and looks up one blurred reflection, which makes bands too bright and, turned by 90°, in the wrong place. Ours agrees with our path tracer.',
  },
  '17_ior': {
    khronos:
      'Without an environment in the background there is black behind its transmissive surfaces; ours show the background.',
  },
  '22_factors': {
    khronos:
      'It draws the triangles of a blended mesh in the order of the file, so that one corner shows its back; ours are sorted along each ray.',
  },
  '25_anisotropy': { khronos: 'As for `anisotropy`.' },
  '01_unlit': {
    khronos:
      'It takes unlit colours through the tone curve and blends encoded values; we show the colour as it is in the file, and blend light.',
  },
  '18_variants': { khronos: RIM },
  '09_texture_transform': {
    khronos:
      'One colour texture serves as normal map too: all depends on the least difference in normals that no surface has.',
  },
  BoxTextured: {
    khronos:
      'KHR_materials_pbrSpecularGlossiness dims the diffuse colour by the strongest channel of the specular one; version 1.1 of that renderer leaves this out.',
  },
  Knight: { cycles: 'Its importer poses the model by its first animation; ours is in its rest pose.' },
};
