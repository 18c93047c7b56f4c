# A thousand runs of honest samplers and initializers, none of which may be called wrong,
# where a plain run has ten. Label `deep`: tools/test --deep -R draws_deep
add_test(NAME draws_deep_samplings
  COMMAND sampling_test --gtest_filter=Samplings.AnHonest*)
add_test(NAME draws_deep_initializations
  COMMAND initialization_test --gtest_filter=Initializations.AnHonest*)
set_tests_properties(draws_deep_samplings draws_deep_initializations PROPERTIES
  TIMEOUT 1800 LABELS deep ENVIRONMENT PLUMBLINE_DEEP=1)
