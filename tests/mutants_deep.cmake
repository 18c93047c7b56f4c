# What plain runs of these tests shorten, whole. Label `deep`: run by name
# (tools/test --deep -R _deep).
add_test(NAME mutants_deep_matrix COMMAND plumbline mutants)
foreach(shortened IN ITEMS mutants_test dialects_test properties_test
                          schedule_properties_test)
  string(REPLACE _test _deep name ${shortened})
  add_test(NAME ${name} COMMAND ${shortened})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT PLUMBLINE_DEEP=1)
  list(APPEND deep_tests ${name})
endforeach()
set_tests_properties(mutants_deep_matrix ${deep_tests} PROPERTIES LABELS deep TIMEOUT 14400)
