// What the playground remembers lives under a prefix of its own, since every
// GraphiQL that was ever served from localhost:8080 shares this localStorage.
const prefix = 'galley:';

function ownKeys() {
  return Object.keys(localStorage).filter(key => key.startsWith(prefix));
}

export const storage = {
  getItem: key => localStorage.getItem(prefix + key),
  setItem: (key, value) => localStorage.setItem(prefix + key, value),
  removeItem: key => localStorage.removeItem(prefix + key),
  clear: () => ownKeys().forEach(key => localStorage.removeItem(key)),
  get length() {
    return ownKeys().length;
  },
};
