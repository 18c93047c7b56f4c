# Installs the build into an empty prefix, and configures, builds and runs the consumer
# in this folder against it.
set(scratch ${build}/install-test)
set(prefix ${scratch}/prefix)
file(REMOVE_RECURSE ${prefix} ${scratch}/package)

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "failed (${result}): ${command}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})
run(${CMAKE_COMMAND} -G ${generator} -S ${CMAKE_CURRENT_LIST_DIR} -B ${scratch}/package
    -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_CXX_FLAGS=${flags})
run(${CMAKE_COMMAND} --build ${scratch}/package)
run(${scratch}/package/consumer)
run(${prefix}/bin/plumbline list rules)

# Every check of the good adapter passes, golden numbers and properties among them; those
# of the spoiled one fail and say where.
run(${scratch}/package/consumer_test --gtest_filter=*/DescentAdapter/*)
execute_process(COMMAND ${scratch}/package/consumer_test --gtest_filter=*/Backwards/*golden/gaussian/dyadic
                RESULT_VARIABLE result OUTPUT_VARIABLE output)
if(result EQUAL 0 OR NOT output MATCHES "radii from the centre of what is allowed")
  message(FATAL_ERROR "the spoiled adapter's golden test did not fail as it should:\n${output}")
endif()
