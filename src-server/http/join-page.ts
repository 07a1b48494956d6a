import { plainPage } from './plain-page.ts'

/** What an invite's link shows in a browser: what to do with it. */
export const joinPage = plainPage(
  'Join a team in Tallystick',
  `<h1>You are invited to a team</h1>
<p>Copy this page’s whole address. In Tallystick open <b>Team</b>, choose <b>Join a team</b> and paste it there.</p>
<p>The invite is in the part of the address after <code>#</code>. Give it to nobody else.</p>`,
)
