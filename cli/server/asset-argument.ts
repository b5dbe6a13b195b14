/**
 * Whether a command names an asset on a server in place of a file. A first word that looks like an id is meant as one,
 * also where it is mistyped, or `ast_…` with `--help`. Knows no schema: every start of a command asks it.
 */
export function namesAsset(args: readonly string[]): boolean {
  return /^ast_[^./\\]*$/.test(args[0] ?? '') || args.some((arg) => /^ast_[0-9a-z]{26}$/.test(arg));
}
