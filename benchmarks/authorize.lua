-- For wrk: the same spend over and over, each a new authorization. From the environment:
-- KEY; AGENT, or AGENTS, a file of agents, one a line, who spend in turns; or COMPANIES, a file of "key agent", one a line, that
-- spend in turns; PAUSE, how many milliseconds a connection waits
-- before each request, on average: as often shortly as long, so that requests come as from people who do not know of each other.
dofile("benchmarks/result.lua")
local pause = tonumber(os.getenv("PAUSE") or "0")
local spenders = {}
if os.getenv("COMPANIES") then
  for line in io.lines(os.getenv("COMPANIES")) do
    local key, agent = line:match("^(%S+) (%S+)$")
    spenders[#spenders + 1] = { key = key, agent = agent }
  end
elseif os.getenv("AGENTS") then
  for line in io.lines(os.getenv("AGENTS")) do spenders[#spenders + 1] = { key = os.getenv("KEY"), agent = line } end
else
  spenders[1] = { key = os.getenv("KEY"), agent = os.getenv("AGENT") }
end

local requests = {}
function init(_)
  math.randomseed(1)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  for number, spender in ipairs(spenders) do
    wrk.headers["X-API-Key"] = spender.key
    requests[number] = wrk.format(nil, nil, nil, string.format(
      '{"agentId":"%s","amount":1999,"currency":"USD","merchant":{"id":"m_cloud","name":"Cloud Store","category":"5734"}}',
      spender.agent))
  end
end

-- Where there are several loads, each begins with another.
local turn = tonumber(os.getenv("TURN") or "0")
function request()
  turn = turn % #requests + 1
  return requests[turn]
end

if pause > 0 then
  function delay() return math.floor(-math.log(1 - math.random()) * pause + 0.5) end
end
