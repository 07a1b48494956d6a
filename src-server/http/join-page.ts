/** What an invite's link opens in a browser: what to do with it. It holds no script and loads nothing. */

export const joinPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Join a team in Tallystick</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 20vh auto 0; max-width: 34rem; padding: 0 1rem; color: #1d1b18; background: #faf8f5 }
  h1 { font-size: 1.4rem }
  @media (prefers-color-scheme: dark) { body { color: #ece8e1; background: #1a1816 } }
</style>
<h1>You are invited to a team</h1>
<p>Copy this page’s whole address. In Tallystick open <b>Team</b>, choose <b>Join a team</b> and paste it there.</p>
<p>The invite is in the part of the address after <code>#</code>. Give it to nobody else.</p>
</html>
`
