-- For wrk: the same spend over and over, each a new authorization. KEY and AGENT come from the environment.
dofile("benchmarks/result.lua")
wrk.method = "POST"
wrk.headers["X-API-Key"] = os.getenv("KEY")
wrk.headers["Content-Type"] = "application/json"
wrk.body = string.format(
  '{"agentId":"%s","amount":1999,"currency":"USD","merchant":{"id":"m_cloud","name":"Cloud Store","category":"5734"}}',
  os.getenv("AGENT"))
