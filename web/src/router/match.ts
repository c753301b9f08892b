/** Path patterns: `/documents/:document` matches one segment per name; nothing else is special. */
export type Parameters = Readonly<Record<string, string>>

export function match(pattern: string, path: string): Parameters | undefined {
  const wanted = segments(pattern)
  const given = segments(path)
  if (wanted.length !== given.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) found[part.slice(1)] = decoded(value)
    else if (part !== value) return undefined
  }
  return found
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // a stray percent sign is text
  }
}
