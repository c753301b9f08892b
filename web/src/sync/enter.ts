/** Opens the draft of a document for the person signed in. */
import { schemaVersion } from '../editor/schema/source'
import { browserKeeper, claimTab, ownerOf, type Lost } from './kept'
import { Room } from './room'

export function enterRoom(document: string, person: string, changed: (room: Room) => void, lost: (lost: Lost) => void): Room {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const tab = claimTab()
  const room: Room = new Room({
    url: `${scheme}://${location.host}/sync/${encodeURIComponent(document)}?schema=${schemaVersion}`,
    owner: ownerOf(person, document),
    tab: tab.name,
    keeper: browserKeeper,
    changed: () => changed(room),
    lost,
    left: tab.release,
  })
  room.open()
  return room
}
