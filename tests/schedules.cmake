# Schedules in other libraries' ways of writing them, in both formats: none may be called wrong.
# Needs Debian's python3-numpy.
set(schedules_of_other_ways step_decay multistep exponential polynomial linear
    cosine_warm_restarts linear_warmup linear_warmup_linear_decay warmup_inverse_sqrt noam wsd
    cyclical one_cycle one_cycle_momentum cyclical_momentum inverse_time inverse_sqrt_horizon)
list(TRANSFORM schedules_of_other_ways PREPEND "--schedule;" OUTPUT_VARIABLE schedule_options)
foreach(format IN ITEMS binary64 binary32)
  foreach(way IN ITEMS factors interpolations)
    add_test(NAME schedules_${format}_${way}
      COMMAND plumbline check ${schedule_options} --jobs 1
              -- /usr/bin/python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/subjects/schedules_in_other_ways.py
                 ${format} ${way})
    set_tests_properties(schedules_${format}_${way} PROPERTIES TIMEOUT 300
      ENVIRONMENT PYTHONPATH=${PROJECT_SOURCE_DIR}/tools/adapters)
  endforeach()
endforeach()
