# The whole matrix, properties on every mutant, and a whole check in place of each hunt.
# Label `deep`: run by name (tools/test --deep -R mutants_deep).
add_test(NAME mutants_deep_matrix COMMAND plumbline mutants)
add_test(NAME mutants_deep_checks
  COMMAND mutants_test --gtest_filter=Mutants.HuntsAgreeWithChecks)
set_tests_properties(mutants_deep_checks PROPERTIES ENVIRONMENT PLUMBLINE_DEEP=1)
set_tests_properties(mutants_deep_matrix mutants_deep_checks PROPERTIES
  LABELS deep TIMEOUT 3600)
