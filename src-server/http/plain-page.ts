/** A page of the server's own for people's browsers. It has no script and loads nothing. */

export const plainPage = (title: string, body: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 20vh auto 0; max-width: 34rem; padding: 0 1rem; color: #1d1b18; background: #faf8f5 }
  h1 { font-size: 1.4rem }
  @media (prefers-color-scheme: dark) { body { color: #ece8e1; background: #1a1816 } }
</style>
${body}
</html>
`
