"""What happens in Redis at one stroke: small Lua scripts. All times are Redis's own, so hosts' clocks do not matter.

A script about a turn that writes checks first who runs it: a worker whose turn was given to another one (its lease
ran out) writes nothing more. The name of the worker is the fencing token.
"""

_NOW = """
if redis.replicate_commands then redis.replicate_commands() end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""

# A worker is asked about a turn that stands in a line: `stop` it, it has its `place`, does it still `stand` there?
_LINE = """
local prefix = ARGV[1]
local function order(token, what, line)
  local to = prefix .. ':orders:' .. string.match(token, '^[^:]*')
  redis.call('XADD', to, 'MAXLEN', '~', 1000, '*', what, string.match(token, ':(.*)$'), 'line', line)
  redis.call('PEXPIRE', to, 600000)
end
local function first(line)
  while true do
    local head = redis.call('LINDEX', line, 0)
    if not head or redis.call('EXISTS', prefix .. ':worker:' .. string.match(head, '^[^:]*')) == 1 then
      return head
    end
    redis.call('LPOP', line)
  end
end
local function leave(line, token)
  local had = redis.call('LINDEX', line, 0) == token
  redis.call('LREM', line, 0, token)
  local head = had and first(line)
  if head then order(head, 'place', line) end
end
"""

BEGIN = (
    """
local known = redis.call('HMGET', KEYS[1], 'worker', 'state', 'name')
if known[1] then return known end
"""
    + _NOW
    + """
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[1], 'worker', ARGV[1], 'born', ARGV[1], 'state', 'open', 'name', ARGV[2], 'seq', 0)
redis.call('ZADD', KEYS[3], now + ARGV[3], KEYS[1])
return false
"""
)
"""A turn is to be run: (worker, name, lease in ms) → nothing, or who runs it: (worker, state, name)."""

APPEND = (
    _LINE
    + """
local worker, turn_id, seq, keep, remember = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local known = redis.call('HMGET', KEYS[1], 'worker', 'state', 'born')
if not known[1] then return 0 end
if known[1] ~= worker or known[2] == 'over' then return -1 end
if known[2] == 'open' and ARGV[7] ~= '' then
  redis.call('HSET', KEYS[1], 'state', 'running')
  redis.call('SET', KEYS[4], turn_id)
  redis.call('HSET', KEYS[5], turn_id, ARGV[8])
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', 500, '*', 'from', worker, 'd', ARGV[7])
  redis.call('PEXPIRE', KEYS[6], 600000)
end
redis.call('HSET', KEYS[1], 'seq', seq)
for at = 10, #ARGV, 4 do
  local kind, number, kept, data = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local id = redis.call('XADD', KEYS[2], '*', 'k', kind, 'n', number, 'o', kept, 'd', data)
  if kind == 'f' then
    -- nothing more to do
  elseif kind == 's' then
    local before = redis.call('HGET', KEYS[1], 'snapshot')
    if before then redis.call('XTRIM', KEYS[2], 'MINID', before) end
    redis.call('HSET', KEYS[1], 'snapshot', id, 'summed', number)
  elseif kind == 'a' then
    redis.call('XTRIM', KEYS[2], 'MINID', id)
    redis.call('HSET', KEYS[1], 'snapshot', id, 'summed', number)
  else
    redis.call('ZREM', KEYS[3], KEYS[1])
    redis.call('PEXPIRE', KEYS[2], keep)
    if kind == 'g' then redis.call('DEL', KEYS[2]) end
    leave(KEYS[7], known[3] .. ':' .. turn_id)
    if kind == 'x' then redis.call('DEL', KEYS[1]) return 1 end
    redis.call('HSET', KEYS[1], 'state', 'over')
    redis.call('PEXPIRE', KEYS[1], remember)
    if redis.call('GET', KEYS[4]) == turn_id then redis.call('DEL', KEYS[4]) end
    if redis.call('HDEL', KEYS[5], turn_id) == 1 then
      redis.call('XADD', KEYS[6], 'MAXLEN', '~', 500, '*', 'from', worker, 'd', ARGV[9])
      redis.call('PEXPIRE', KEYS[6], 600000)
    end
  end
end
return 1
"""
)
"""What a turn has said: (prefix, worker, turn id, newest number, keep, remember in ms, the frame that tells of its
beginning or '', [thread, worker], the frame that tells of its end, then entries: kind, number, kept, data) → 1, 0 if
nothing is known of the turn, -1 if it is another worker's.

Kinds: `f` frames up to a number; `s` a snapshot; `a` a snapshot before which nothing counts; `e` the end; `x` the turn
failed before its first frame; `g` it ended so long ago that its frames are gone.
"""

READ = (
    _NOW
    + """
local known = redis.call('HMGET', KEYS[1], 'worker', 'state', 'name', 'seq')
if not known[1] then return false end
local due = redis.call('ZSCORE', KEYS[3], KEYS[1])
known[5] = (due and tonumber(due) < now) and 1 or 0
known[6] = redis.call('EXISTS', KEYS[2])
known[7] = ARGV[1] == '1' and redis.call('XRANGE', KEYS[2], '-', '+') or {}
known[8] = redis.call('HGET', KEYS[1], 'summed') or 0
return known
"""
)
"""Of a turn: (whether its log is wanted) → (worker, state, name, number, overdue?, log there?, log, number of the
newest snapshot or 0)."""

RENEW = (
    _NOW
    + """
local worker, prefix, lease, alive, turns = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
redis.call('SET', prefix .. ':worker:' .. worker, 1, 'PX', alive)
local codes = {}
for at = 6, 5 + turns do
  local runs = redis.call('HGET', ARGV[at], 'worker')
  if not runs then
    codes[#codes + 1] = 0
  elseif runs ~= worker then
    codes[#codes + 1] = -1
  else
    redis.call('ZADD', KEYS[1], 'XX', now + lease, ARGV[at])
    codes[#codes + 1] = 1
  end
end
for at = 6 + turns, #ARGV, 2 do
  local head = redis.call('LINDEX', ARGV[at], 0)
  if not head then redis.call('RPUSH', ARGV[at], ARGV[at + 1]) end
  redis.call('PEXPIRE', ARGV[at], 86400000)
  codes[#codes + 1] = (not head or head == ARGV[at + 1]) and 1 or -1
end
return codes
"""
)
"""Of a worker: (worker, prefix, lease, its own lease in ms, number of turns, turn keys, then pairs of line and token)
→ for each turn 1, 0 (unknown) or -1 (another worker's), for each place 1 or -1."""

CLAIM = (
    _NOW
    + """
local names = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)) do
  local name = redis.call('HGET', key, 'name')
  if name then
    redis.call('ZADD', KEYS[1], now + ARGV[2], key)
    redis.call('HSET', key, 'worker', ARGV[1])
    names[#names + 1] = name
  else
    redis.call('ZREM', KEYS[1], key)
  end
end
return names
"""
)
"""Overdue turns for one who looks: (worker, lease of the claim in ms) → names."""

JOIN = (
    _LINE
    + """
local line, token, on_busy = KEYS[1], ARGV[2], ARGV[3]
redis.call('SET', prefix .. ':worker:' .. string.match(token, '^[^:]*'), 1, 'NX', 'PX', ARGV[4])
local head = first(line)
if head and on_busy ~= 'cancel' then order(head, 'stand', line) end
if head and on_busy == 'reject' then return -1 end
if head and on_busy == 'cancel' then
  for _, other in ipairs(redis.call('LRANGE', line, 0, -1)) do order(other, 'stop', line) end
end
redis.call('RPUSH', line, token)
redis.call('PEXPIRE', line, 86400000)
return head and 0 or 1
"""
)
"""Stand in a thread's line: (prefix, token, on_busy, the worker's lease in ms) → 1 one's turn, 0 not yet, -1 busy."""

LOOK = (
    _LINE
    + """
local head = first(KEYS[1])
if head == ARGV[2] then return 1 end
if head then order(head, 'stand', KEYS[1]) end
for _, token in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if token == ARGV[2] then return 0 end
end
return -1
"""
)
"""Whether it is one's turn in a line: (prefix, token) → 1 yes, 0 not yet, -1 one does not stand in it."""

LEAVE = (
    _LINE
    + """
if redis.call('GET', KEYS[2]) == string.match(ARGV[2], ':(.*)$') then redis.call('DEL', KEYS[2]) end
leave(KEYS[1], ARGV[2])
return 1
"""
)
"""Leave a line, and be the turn that runs no more: (prefix, token)."""

CLEAR = (
    _LINE
    + """
local left = 0
if first(KEYS[1]) then
  for _, token in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    if string.match(token, '^[^:]*') ~= ARGV[2] then
      left = left + 1
      if ARGV[3] == '1' then order(token, 'stop', KEYS[1]) end
    end
  end
end
return left
"""
)
"""Of a line: (prefix, worker, whether to stop them) → how many of other workers stand in it."""

RENAME = """
local head = redis.call('LINDEX', KEYS[1], 0)
local worker = head and string.match(head, '^[^:]*')
if not head or worker == ARGV[2] then return 0 end
local to, turn = ARGV[1] .. ':orders:' .. worker, string.match(head, ':(.*)$')
redis.call('XADD', to, 'MAXLEN', '~', 1000, '*', 'rename', turn, 'line', KEYS[1], 'title', ARGV[3])
redis.call('PEXPIRE', to, 600000)
return 1
"""
"""A thread of a line has a new title: (prefix, worker, title) → 1 if a turn of another worker was told."""

ANNOUNCE = """
redis.call('XADD', KEYS[1], 'MAXLEN', '~', 500, '*', 'from', ARGV[1], 'd', ARGV[2])
redis.call('PEXPIRE', KEYS[1], 600000)
return 1
"""
"""Something has happened to an owner's threads: (worker, frame)."""

ORDER = """
local to = ARGV[1] .. ':orders:' .. ARGV[2]
redis.call('XADD', to, 'MAXLEN', '~', 1000, '*', ARGV[3], ARGV[4])
redis.call('PEXPIRE', to, 600000)
return 1
"""
"""Ask something of a worker: (prefix, worker, what, of whom)."""
