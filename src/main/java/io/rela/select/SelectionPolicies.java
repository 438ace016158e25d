package io.rela.select;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All policies there are: those that {@link SelectionPolicy} permits, in that order. Safe for threads. */
public final class SelectionPolicies {
    private static final String FIELD = "DECLARATION";
    private static final Map<String, PolicyDeclaration> BY_NAME = byName();

    private SelectionPolicies() {}

    /** Every policy's declaration. */
    public static List<PolicyDeclaration> all() {
        return List.copyOf(BY_NAME.values());
    }

    /** The declaration of the policy of this name. */
    public static Optional<PolicyDeclaration> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The names of all parameters, in the order of the policies, each with the policies that have it. */
    public static Map<String, List<PolicyDeclaration>> byParameter() {
        Map<String, List<PolicyDeclaration>> policies = new LinkedHashMap<>();
        for (PolicyDeclaration policy : BY_NAME.values()) {
            for (Parameter parameter : policy.parameters()) {
                policies.computeIfAbsent(parameter.name(), name -> new ArrayList<>())
                        .add(policy);
            }
        }
        return policies;
    }

    private static Map<String, PolicyDeclaration> byName() {
        Map<String, PolicyDeclaration> policies = new LinkedHashMap<>();
        for (Class<?> policy : SelectionPolicy.class.getPermittedSubclasses()) {
            PolicyDeclaration declaration = declaration(policy);
            if (policies.put(declaration.name(), declaration) != null) {
                throw new IllegalStateException("Two policies are named " + declaration.name());
            }
        }
        return Collections.unmodifiableMap(policies);
    }

    private static PolicyDeclaration declaration(Class<?> policy) {
        try {
            return (PolicyDeclaration) policy.getDeclaredField(FIELD).get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(policy.getName() + " has no static field " + FIELD, e);
        }
    }
}
