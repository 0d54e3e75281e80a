-- For wrk: after the run, one line for scripts:
-- RESULT requests microseconds median-latency 99th-percentile-latency failed
function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("RESULT %d %d %.0f %.0f %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), failed))
end
