/** The few pages the door writes itself: plain HTML, no script, nothing but words. */

function calmPage(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<main>
<h1>${title}</h1>
<p>${text}</p>
</main>
</html>
`
}

export const unauthorizedPage = calmPage(
  'Tallystick is running, but this page may not see it yet',
  'Open the whole address that Tallystick printed when it started: it ends with a token that lets this browser in. If that window is gone, stop Tallystick and start it again.',
)

export const notBuiltPage = calmPage(
  'The window of Tallystick is not built',
  'Run <code>npm start</code>, which builds what is missing.',
)
