/** Why a picture of ours differs from the peer's by more than the threshold, where it is not an error of ours. */
export const EXPLANATIONS: Readonly<Record<string, { khronos?: string; cycles?: string }>> = {};
