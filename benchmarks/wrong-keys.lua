-- For wrk: a wrong API key each time. RIGHT is a right key: its prefix with another secret, which is what guessing it looks
-- like; without it, keys that nobody has. PAUSE is how many milliseconds a connection waits before each.
dofile("benchmarks/result.lua")
local alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
local right = os.getenv("RIGHT") or ""
local prefix = right ~= "" and right:sub(1, 20) or nil
local pause = tonumber(os.getenv("PAUSE") or "0")
math.randomseed(tonumber(os.getenv("SEED") or "1"))

local function characters(count)
  local text = {}
  for i = 1, count do
    local at = math.random(#alphabet)
    text[i] = alphabet:sub(at, at)
  end
  return table.concat(text)
end

function delay() return pause end

function request()
  wrk.headers["X-API-Key"] = (prefix or "ag_live_" .. characters(12)) .. characters(32)
  return wrk.format("GET", "/v1/agents")
end
